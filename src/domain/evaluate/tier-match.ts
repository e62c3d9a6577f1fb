import type { Protocol } from '../../api/kubernetes.ts';
import { selectorMatches } from '../match/label-selector.ts';
import { anyOf, type Match, matchOf } from '../match/match.ts';
import type { Peer, Target, WrittenRange } from './network-policy.ts';
import type { PortSet } from './read-tiered-policy.ts';
import type { PodSelection } from './tiered-policy.ts';

/** A pod as selectors see it. */
export interface SelectablePod {
  namespaceLabels: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
}

/** Whether a peer of a rule is where a connection comes from. */
export type SourceMatch = (peer: PodSelection | undefined) => Match;

/** The source that a peer is. One without labels is no pod, which no selection holds. */
export function sourceMatch({ labels, namespaceLabels = {} }: Peer): SourceMatch {
  return (peer) => {
    if (!peer) return 'Unknown';
    return labels ? podMatch(peer, { namespaceLabels, labels }) : 'No';
  };
}

/** Whether a subject or a peer selects a pod. */
export function podMatch(selection: PodSelection | undefined, pod: SelectablePod): Match {
  if (!selection) return 'Unknown';
  const { namespaces, pods } = selection;
  if (namespaces) return matchOf(selectorMatches(namespaces, pod.namespaceLabels));
  // "NamespaceSelector follows standard label selector semantics; if empty, it selects all Namespaces." PodSelector: "if empty, it selects all Pods."
  return matchOf(
    selectorMatches(pods?.namespaceSelector ?? {}, pod.namespaceLabels) &&
      selectorMatches(pods?.podSelector ?? {}, pod.labels),
  );
}

/** Whether the ports of a rule hold one of the target. "If Ports is not set then the rule does not filter traffic via port." */
export function portsMatch(
  ports: readonly (PortSet | undefined)[],
  target: Target,
  port: number,
  protocol: Protocol,
): Match {
  if (ports.length === 0) return 'Yes';
  return anyOf(
    ports.map((each) => {
      if (!each) return 'Unknown';
      const ranges = rangesOn(target, each);
      return matchOf(ranges.some((range) => holds(range, port, protocol)));
    }),
  );
}

/** "DestinationNamedPort selects a destination port on a pod based on the ContainerPort name." */
export function rangesOn(target: Target, ports: PortSet): WrittenRange[] {
  if (!('name' in ports)) return [ports];
  return target.ports
    .filter(({ name }) => name === ports.name)
    .map(({ protocol, port }) => ({ protocol, first: port, last: port }));
}

/** Whether a port is one of a range. */
export function holds(
  { protocol, first, last }: WrittenRange,
  port: number,
  asked: Protocol,
): boolean {
  return protocol === asked && first <= port && port <= last;
}
