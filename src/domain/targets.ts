import type { NetworkPolicy } from '../api/kubernetes.ts';
import { canonicalJson } from './canonical.ts';
import { ingressDecisions, isolatesIngress, type Peer, type Target } from './evaluate.ts';
import type { Expectation } from './findings.ts';
import type { Prober } from './snapshot.ts';
import type { Pod, Workload } from './workload.ts';

/** The distinct pods that policies can tell apart: the live ones, or those that the template would make. */
export function policyTargets(workload: Workload, pods: readonly Pod[]): Target[] {
  const { namespace } = workload;
  const live = pods.filter((pod) => pod.live && !pod.hostNetwork);
  if (live.length === 0)
    return [{ namespace, labels: workload.template.labels, ports: workload.template.ports }];
  const distinct = new Map<string, Target>();
  for (const { labels, ports } of live) {
    distinct.set(canonicalJson([labels, ports]), { namespace, labels, ports });
  }
  return [...distinct.values()];
}

/** The policies that isolate any of the targets for ingress, by name. */
export function isolatingPolicies(
  policies: readonly NetworkPolicy[],
  targets: readonly Target[],
): NetworkPolicy[] {
  return policies
    .filter((policy) => targets.some((target) => isolatesIngress(policy, target)))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
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
 * lets it in, an undeclared one where any does.
 */
export function expectations(
  policies: readonly NetworkPolicy[],
  targets: readonly Target[],
  peer: Peer,
): Expectation {
  const deciders = targets.map(ingressDecisions(policies, peer));
  return ({ port, protocol, declared }) => {
    const decisions = deciders.map((decide) => decide(port, protocol));
    const allowed = declared
      ? decisions.every((decision) => decision.allowed)
      : decisions.some((decision) => decision.allowed);
    const deciding = decisions.filter((decision) => decision.allowed === allowed);
    const by = new Set(deciding.flatMap((decision) => decision.by));
    return { expected: allowed ? 'Allowed' : 'Denied', by: [...by].sort() };
  };
}
