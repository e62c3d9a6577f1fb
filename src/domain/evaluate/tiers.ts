import type { NetworkPolicy, Protocol } from '../../api/kubernetes.ts';
import {
  type IngressDecision,
  ingressDecisions,
  isolatesIngress,
  type Peer,
} from './network-policy.ts';
import { type ReadPolicy, readTieredPolicy, tieredPolicyName } from './read-tiered-policy.ts';
import { type Ending, type TieredTarget, tierEndings, unplacedEndings } from './tier-endings.ts';
import { podMatch, sourceMatch } from './tier-match.ts';
import type { TieredPolicy } from './tiered-policy.ts';

/** Everything that the standard APIs say about ingress. */
export interface PolicySet {
  networkPolicies: readonly NetworkPolicy[];
  /** Those of the cluster, of every kind and tier, in any order. */
  tieredPolicies: readonly TieredPolicy[];
}

export type Verdict = 'Allowed' | 'Denied' | 'Unknown';

/** What all tiers together mean for one connection. */
export interface TieredDecision {
  verdict: Verdict;
  /**
   * NetworkPolicies by name, others as `Kind/name`, sorted: those that decide or, where the verdict
   * is Unknown, those on which it hangs. None where nothing speaks of the pod.
   */
  by: readonly string[];
  /** Why the verdict is Unknown. */
  why?: string;
}

/** Policies by when they are asked. */
export interface Tiers {
  admin: readonly ReadPolicy[];
  baseline: readonly ReadPolicy[];
  /** Those of which that is not known. */
  unplaced: readonly ReadPolicy[];
}

/**
 * Whether a connection gets in. "Policy tiers are evaluated in the following order: Admin tier,
 * NetworkPolicy tier, Baseline tier … If a given connection wasn't allowed or denied by any of the
 * tiers, the default kubernetes policy is applied, which says that all pods can communicate with
 * each other." (policy.networking.k8s.io, ClusterNetworkPolicy)
 *
 * Where the API leaves the result open, or a policy has fields that are not known here, all possible
 * ends are followed; the verdict is Unknown where they differ. Never throws.
 *
 * For many targets and ports: what does not depend on them is worked out once.
 */
export function tieredDecisions(
  { networkPolicies, tieredPolicies }: PolicySet,
  peer: Peer,
): (target: TieredTarget) => (port: number, protocol: Protocol) => TieredDecision {
  const tiers = tiersOf(tieredPolicies.map(readTieredPolicy));
  const source = sourceMatch(peer);
  const ingress = ingressDecisions(networkPolicies, peer);
  return (target) => {
    const admin = tierEndings(tiers.admin, target, source);
    const baseline = tierEndings(tiers.baseline, target, source);
    const unplaced = unplacedEndings(tiers.unplaced, target, source);
    // "v1.NetworkPolicy always makes a final decision for selected pods."
    const isolated = networkPolicies.some((policy) => isolatesIngress(policy, target));
    const decide = ingress(target);
    return (port, protocol) => {
      const afterAdmin = (): readonly Way[] =>
        isolated
          ? networkPolicyEndings(decide(port, protocol))
          : followed(baseline(port, protocol), () => [ALLOWED_BY_DEFAULT]);
      return decisionOf([
        ...followed(admin(port, protocol), afterAdmin),
        ...unplaced(port, protocol),
      ]);
    };
  };
}

export function tiersOf(policies: readonly ReadPolicy[]): Tiers {
  return {
    admin: policies.filter(({ tier }) => tier === 'Admin'),
    baseline: policies.filter(({ tier }) => tier === 'Baseline'),
    unplaced: policies.filter(({ tier }) => tier === undefined),
  };
}

/** Those that may have a say about connections to any of the targets, by kind and name. */
export function selectingTieredPolicies(
  policies: readonly TieredPolicy[],
  targets: readonly TieredTarget[],
): TieredPolicy[] {
  return policies
    .filter((policy) => {
      const { subject } = readTieredPolicy(policy);
      return targets.some((target) => podMatch(subject, target) !== 'No');
    })
    .sort((a, b) => (tieredPolicyName(a) < tieredPolicyName(b) ? -1 : 1));
}

/** One way in which all may end, and the policies that may have passed the connection on. */
interface Way extends Ending {
  past?: readonly string[];
}

const ALLOWED_BY_DEFAULT: Ending = { outcome: 'Allowed', by: [] };

function networkPolicyEndings({ allowed, by }: IngressDecision): Ending[] {
  if (allowed !== undefined) return [{ outcome: allowed ? 'Allowed' : 'Denied', by }];
  const doubt = `an ipBlock decides, and the prober's address is not known`;
  return [
    { outcome: 'Allowed', by, doubt },
    { outcome: 'Denied', by, doubt },
  ];
}

/** The endings of a tier, with what comes after it in the place of those that decide nothing. */
function followed(endings: readonly Ending[], after: () => readonly Way[]): readonly Way[] {
  return endings.flatMap((ending): readonly Way[] => {
    if (ending.outcome !== 'Next') return [ending];
    const passing = ending.doubt ? ending.by : [];
    return after().map(({ outcome, by, doubt, past = [] }) => ({
      outcome,
      by,
      past: [...passing, ...past],
      doubt: ending.doubt ?? doubt,
    }));
  });
}

function decisionOf(ways: readonly Way[]): TieredDecision {
  const allowed = ways.some(({ outcome }) => outcome === 'Allowed');
  const denied = ways.some(({ outcome }) => outcome === 'Denied');
  const deciders = ways.flatMap(({ by }) => by);
  // Who passes a connection on decides nothing, but where it is not known whether it does, all hangs on it.
  if (allowed !== denied)
    return { verdict: allowed ? 'Allowed' : 'Denied', by: [...new Set(deciders)].sort() };
  const by = new Set([...deciders, ...ways.flatMap(({ past = [] }) => past)]);
  const doubts = new Set(ways.flatMap(({ doubt }) => doubt ?? []));
  return { verdict: 'Unknown', by: [...by].sort(), why: [...doubts].sort().join('; ') };
}
