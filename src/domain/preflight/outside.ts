import type { Protocol } from '../../api/kubernetes.ts';
import { portKey } from '../workload/declared-ports.ts';
import type { PortReference } from '../workload/template-use.ts';

/**
 * What is known of ports that only other namespaces refer to. Whoever may create a monitor may name any
 * port of anybody's pods, so such a reference is told, and is believed only as far as it can be true.
 */
export interface OutsideReferences {
  /** Keys of the ports on which every ready pod refuses a connection: nothing is cut there. */
  refused: () => ReadonlySet<string>;
  /** Keys of those on which pods of an earlier template did: of these nobody knows it, and nobody can ask. */
  refusedEarlier?: ReadonlySet<string>;
  /** By namespace, the keys of the ports that it referred to before. */
  before: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A namespace that refers to more undeclared ports of one workload than these is not believed any more. */
export const MAXIMUM_OUTSIDE_PORTS = 32;

/** As many as the report takes; all pods are asked for each of them. */
const MAXIMUM_ASKED = 256;

/** A port that only other namespaces refer to. */
export interface OutsidePort {
  port: PortReference;
  protocol: Protocol;
  /** Sorted. */
  namespaces: readonly string[];
}

/** Why nothing waits for such a port, or `holds`. */
export type OutsideVerdict = 'holds' | 'refused' | 'tooMany';

/** What each of these ports means for enforcement. */
export function outsideVerdicts(
  ports: readonly OutsidePort[],
  { refused, before }: OutsideReferences,
): (port: OutsidePort) => OutsideVerdict {
  if (ports.length === 0) return () => 'holds';
  const named = withReferences(before, ports);
  const refusing = refused();
  return (each) => {
    if (!isBelieved(each, named)) return 'tooMany';
    return refusing.has(portKey(each.port, each.protocol)) ? 'refused' : 'holds';
  };
}

/**
 * The TCP ports of which is to be known whether the pods listen there, sorted. What was named before counts
 * for nothing here: the replica that probes may remember more than the one that waits for it.
 *
 * @param inside ports that the pods' own namespace, or the cluster, refers to: these come first
 */
export function portsToAsk(
  inside: readonly Pick<OutsidePort, 'port' | 'protocol'>[],
  outside: readonly OutsidePort[],
): number[] {
  const named = withReferences(new Map(), outside);
  return [...inside, ...outside.filter((each) => isBelieved(each, named))]
    .filter(({ protocol }) => protocol === 'TCP')
    .flatMap(({ port }) => (typeof port === 'number' ? [port] : []))
    .slice(0, MAXIMUM_ASKED)
    .sort((a, b) => a - b);
}

function isBelieved({ namespaces }: OutsidePort, named: OutsideReferences['before']): boolean {
  return namespaces.some((namespace) => (named.get(namespace)?.size ?? 0) <= MAXIMUM_OUTSIDE_PORTS);
}

/** What each namespace has referred to, now and before. One that names too many is not remembered further. */
export function withReferences(
  before: ReadonlyMap<string, ReadonlySet<string>>,
  ports: readonly OutsidePort[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const named = new Map([...before].map(([namespace, keys]) => [namespace, new Set(keys)]));
  for (const { port, protocol, namespaces } of ports) {
    for (const namespace of namespaces) {
      const keys = named.get(namespace) ?? new Set<string>();
      if (keys.size <= MAXIMUM_OUTSIDE_PORTS) keys.add(portKey(port, protocol));
      named.set(namespace, keys);
    }
  }
  return named;
}
