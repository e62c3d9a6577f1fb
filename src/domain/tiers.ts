import type { NetworkPolicy, Protocol } from '../api/kubernetes.ts';
import { ingressDecisions, isolatesIngress, type Peer } from './evaluate.ts';
import { anyOf } from './match.ts';
import {
  type Ending,
  policyMayDeny,
  policySelects,
  type TieredTarget,
  tierEndings,
} from './tier-endings.ts';
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
   * is Unknown, those that may. None where nothing speaks of the pod.
   */
  by: readonly string[];
  /** Why the verdict is Unknown. */
  why?: string;
}

/**
 * Whether a connection gets in. "Policy tiers are evaluated in the following order: Admin tier,
 * NetworkPolicy tier, Baseline tier … If a given connection wasn't allowed or denied by any of the
 * tiers, the default kubernetes policy is applied, which says that all pods can communicate with
 * each other." (policy.networking.k8s.io, ClusterNetworkPolicy)
 *
 * Where the API leaves the result open, or a policy has fields that are not known here, all possible
 * ends are followed; the verdict is Unknown where they differ. Never throws.
 */
export function tieredDecision(
  policies: PolicySet,
  target: TieredTarget,
  peer: Peer,
  port: number,
  protocol: Protocol,
): TieredDecision {
  return tieredDecisions(policies, target, peer)(port, protocol);
}

/** As tieredDecision, for many ports: what does not depend on the port is worked out once. */
export function tieredDecisions(
  policies: PolicySet,
  target: TieredTarget,
  peer: Peer,
): (port: number, protocol: Protocol) => TieredDecision {
  const { networkPolicies, tieredPolicies } = policies;
  const admin = tierEndings(
    tieredPolicies.filter((policy) => !isBaseline(policy)),
    target,
    peer,
  );
  const baseline = tierEndings(tieredPolicies.filter(isBaseline), target, peer);
  // "v1.NetworkPolicy always makes a final decision for selected pods."
  const isolated = networkPolicies.some((policy) => isolatesIngress(policy, target));
  const ingress = ingressDecisions(networkPolicies, peer)(target);

  return (port, protocol) => {
    const afterAdmin = (): readonly Ending[] => {
      if (!isolated) return followed(baseline(port, protocol), () => [ALLOWED_BY_DEFAULT]);
      const { allowed, by } = ingress(port, protocol);
      return [{ outcome: allowed ? 'Allowed' : 'Denied', by }];
    };
    return decisionOf(followed(admin(port, protocol), afterAdmin));
  };
}

/** Those that may have a say about connections to any of the targets, by kind and name. */
export function selectingTieredPolicies(
  policies: readonly TieredPolicy[],
  targets: readonly TieredTarget[],
): TieredPolicy[] {
  return policies
    .filter((policy) => anyOf(targets.map((target) => policySelects(policy, target))) !== 'No')
    .sort((a, b) => (tieredPolicyName(a) < tieredPolicyName(b) ? -1 : 1));
}

/** `Kind/name`. */
export function tieredPolicyName({ kind, metadata }: TieredPolicy): string {
  return `${kind}/${metadata?.name ?? ''}`;
}

/**
 * The baseline policies that may keep somebody out of a port of a pod that no NetworkPolicy isolates:
 * the first NetworkPolicy that does takes their word away.
 */
export function denyingBaselines(
  policies: readonly TieredPolicy[],
  target: TieredTarget,
  port: number,
  protocol: Protocol,
): TieredPolicy[] {
  return policies
    .filter(isBaseline)
    .filter((policy) => policyMayDeny(policy, target, port, protocol));
}

const ALLOWED_BY_DEFAULT: Ending = { outcome: 'Allowed', by: [] };

/** Whether a policy is asked after NetworkPolicies, and not before. */
export function isBaseline({ kind, spec }: TieredPolicy): boolean {
  return kind === 'BaselineAdminNetworkPolicy' || spec?.tier === 'Baseline';
}

/** The endings of a tier, with what comes after it in the place of those that decide nothing. */
function followed(endings: readonly Ending[], after: () => readonly Ending[]): readonly Ending[] {
  return endings.flatMap((ending) => {
    if (ending.outcome !== 'Next') return [ending];
    return after().map(({ outcome, by, doubt }) => ({
      outcome,
      by: ending.doubt ? [...ending.by, ...by] : by,
      doubt: ending.doubt ?? doubt,
    }));
  });
}

function decisionOf(endings: readonly Ending[]): TieredDecision {
  const by = [...new Set(endings.flatMap((ending) => ending.by))].sort();
  const allowed = endings.some(({ outcome }) => outcome === 'Allowed');
  const denied = endings.some(({ outcome }) => outcome === 'Denied');
  if (allowed !== denied) return { verdict: allowed ? 'Allowed' : 'Denied', by };
  const doubts = new Set(endings.flatMap(({ doubt }) => doubt ?? []));
  return { verdict: 'Unknown', by, why: [...doubts].sort().join('; ') };
}
