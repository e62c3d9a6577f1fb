import type { Protocol } from '../api/kubernetes.ts';
import type { Target } from './evaluate.ts';
import { allOf, fieldsOf, type Match, matchOf, selectorMatch } from './match.ts';
import type { DestinationPort, PodSelection, PortSelection } from './tiered-policy.ts';

/** A pod as selectors see it. */
export interface SelectablePod {
  namespaceLabels: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
}

/**
 * Whether a subject or a peer selects a pod, or a source that is none (undefined). "If an
 * implementation sees no fields are set then it can infer that the deployed CRD is of an
 * incompatible version with an unknown field": Unknown, as what enforces the policy may know it.
 */
export function podMatch(selection: PodSelection | null, pod: SelectablePod | undefined): Match {
  const { namespaces, pods } = selection ?? {};
  if (fieldsOf(selection).length !== 1 || (!namespaces && !pods)) return 'Unknown';
  if (!pod) return 'No';
  if (namespaces) return selectorMatch(namespaces, pod.namespaceLabels);
  // "NamespaceSelector follows standard label selector semantics; if empty, it selects all Namespaces." PodSelector: "if empty, it selects all Pods."
  return allOf([
    selectorMatch(pods?.namespaceSelector ?? {}, pod.namespaceLabels),
    selectorMatch(pods?.podSelector ?? {}, pod.labels),
  ]);
}

/** Whether an item of ports or protocols is about a port of the target. */
export function portMatch(
  selection: PortSelection | null,
  target: Target,
  port: number,
  protocol: Protocol,
): Match {
  const [field, ...others] = fieldsOf(selection);
  if (!selection || !field || others.length > 0) return 'Unknown';
  const { portNumber, portRange } = selection;
  // "If not specified, this field defaults to TCP."
  const ofProtocol = (each: { protocol?: string }) => (each.protocol ?? 'TCP') === protocol;
  if (portNumber) return matchOf(ofProtocol(portNumber) && portNumber.port === port);
  if (portRange) return matchOf(ofProtocol(portRange) && inRange(portRange, port));
  // "DestinationNamedPort selects a destination port on a pod based on the ContainerPort name."
  const name = selection.namedPort ?? selection.destinationNamedPort;
  if (name) {
    const named = target.ports.filter((declared) => declared.name === name);
    return matchOf(named.some((each) => each.protocol === protocol && each.port === port));
  }
  const attributes = selection.tcp ?? selection.udp ?? selection.sctp;
  if (!attributes) return 'Unknown';
  if (field.toUpperCase() !== protocol) return 'No';
  return destinationMatch(attributes.destinationPort, port);
}

/** "If destinationPort is omitted, all ports for the specified protocol match." */
function destinationMatch(destination: DestinationPort | null | undefined, port: number): Match {
  if (!destination) return 'Yes';
  if (typeof destination.number === 'number') return matchOf(destination.number === port);
  return destination.range ? matchOf(inRange(destination.range, port)) : 'Unknown';
}

/** "PortRange defines an inclusive range of ports from the assigned Start value to End value." */
function inRange({ start, end }: { start: number; end: number }, port: number): boolean {
  return start <= port && port <= end;
}
