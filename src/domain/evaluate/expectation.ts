import type { Protocol } from '../../api/kubernetes.ts';
import type { IpFamily } from '../match/ip-family.ts';
import { type Peer, sourceOver } from './network-policy.ts';
import { pluginPolicyName } from './plugin-policies.ts';
import type { AllPolicies, PolicyTarget } from './targets.ts';
import { tieredDecisions, type Verdict } from './tiers.ts';

/** What is expected of a connection from the prober over a family, and the policies that say so. */
export type Expectation = (connection: {
  port: number;
  protocol: Protocol;
  declared: boolean;
  family: IpFamily;
}) => Expected;

export interface Expected {
  expected: Verdict;
  /** The policies that decide, or may. */
  by: readonly string[];
  /** Why it is unknown. */
  why?: string;
}

/** The pod that probes: where connections come from, and what policies may match it by. */
export interface Prober {
  namespace: string;
  namespaceLabels: Readonly<Record<string, string>>;
  pod: string;
  podUid: string;
  node: string;
  labels: Readonly<Record<string, string>>;
  ips: readonly string[];
}

/** The prober as policies see it. */
export function proberPeer(prober: Prober): Peer {
  return {
    namespace: prober.namespace,
    namespaceLabels: prober.namespaceLabels,
    labels: prober.labels,
    ips: prober.ips,
  };
}

/**
 * What the policies mean for connections from a peer. A declared port is allowed where every target
 * lets it in, an undeclared one where any does. Next to a policy of a plugin's own kind nothing is
 * expected.
 *
 * @param policies those that select the targets
 */
export function expectations(
  policies: AllPolicies,
  targets: readonly PolicyTarget[],
  peer: Peer,
): Expectation {
  const foreign = policies.pluginPolicies.map(pluginPolicyName);
  if (foreign.length > 0) {
    const why = 'portlock does not work out what policies of these kinds do';
    return () => ({ expected: 'Unknown', by: foreign, why });
  }
  const decidersOver = (family: IpFamily) => {
    const decisions = tieredDecisions(policies, sourceOver(peer, family));
    return targets.map((target) => decisions(target));
  };
  const deciders = new Map<IpFamily, ReturnType<typeof decidersOver>>();
  return ({ port, protocol, declared, family }) => {
    const ofFamily = deciders.get(family) ?? decidersOver(family);
    deciders.set(family, ofFamily);
    const decisions = ofFamily.map((decide) => decide(port, protocol));
    // Of a declared port the worst counts, of an undeclared one the most open.
    const order = declared
      ? (['Denied', 'Unknown', 'Allowed'] as const)
      : (['Allowed', 'Unknown', 'Denied'] as const);
    const expected =
      order.find((verdict) => decisions.some((decision) => decision.verdict === verdict)) ??
      'Unknown';
    const deciding = decisions.filter(({ verdict }) => verdict === expected);
    const by = new Set(deciding.flatMap((decision) => decision.by));
    const why = deciding.find((decision) => decision.why)?.why;
    return { expected, by: [...by].sort(), ...(why && { why }) };
  };
}
