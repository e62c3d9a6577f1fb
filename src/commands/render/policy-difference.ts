import type { NetworkPolicyPort, NetworkPolicySpec } from '../../api/kubernetes.ts';
import { canonicalJson } from '../../domain/text/canonical.ts';
import { sameJson } from '../../domain/text/same-json.ts';
import { portKey } from '../../domain/workload/declared-ports.ts';

/** How one policy differs from the one that it should be, in words; nothing where it does not. */
export function policyDifference(
  committed: NetworkPolicySpec,
  wanted: NetworkPolicySpec,
): string | undefined {
  if (sameJson(committed, wanted)) return undefined;
  const [is, should] = [letIn(committed), letIn(wanted)];
  const more = [...is.keys()].filter((port) => !should.has(port));
  const less = [...should.keys()].filter((port) => !is.has(port));
  // A port that only one of them allows is told by that already.
  const others = [...is].some(
    ([port, peers]) => peers.symmetricDifference(should.get(port) ?? peers).size > 0,
  );
  const parts = [
    ...(sameJson(committed.podSelector, wanted.podSelector) ? [] : ['selects other pods']),
    ...(less.length > 0 ? [`lacks ${less.join(', ')}`] : []),
    ...(more.length > 0 ? [`allows ${more.join(', ')} too`] : []),
    ...(others ? ['lets other peers in'] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'says it in another way';
}

/** By port, `8080/TCP`, `50100-50200/UDP`, whom the rules let in to it, in whatever order and however many rules. */
function letIn({ ingress = [] }: NetworkPolicySpec): Map<string, Set<string>> {
  const peersOf = new Map<string, Set<string>>();
  for (const { ports, from = [] } of ingress) {
    const peers = from.length === 0 ? ['everybody'] : from.map(canonicalJson);
    for (const port of portsOf(ports))
      peersOf.set(port, new Set([...(peersOf.get(port) ?? []), ...peers]));
  }
  return peersOf;
}

/** A rule without ports is about every one. */
function portsOf(ports: NetworkPolicyPort[] = []): string[] {
  if (ports.length === 0) return ['every port'];
  return ports.map(({ port = 'every port', endPort, protocol = 'TCP' }) =>
    portKey(endPort === undefined ? port : `${port}-${endPort}`, protocol),
  );
}
