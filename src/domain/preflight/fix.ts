import type { Protocol } from '../../api/kubernetes.ts';
import { ACCEPT_CUTS_ANNOTATION, EXTRA_PORTS_ANNOTATION } from '../../api/names.ts';
import { portKey } from '../workload/declared-ports.ts';
import type { PortReference } from '../workload/template-use.ts';
import { MAXIMUM_OUTSIDE_PORTS, type OutsidePort, type OutsideVerdict } from './outside.ts';

/** A port as an annotation lists it. */
export interface ListedPort {
  port: number;
  protocol: Protocol;
}

/** A port that somebody uses. */
interface FoundPort {
  port: PortReference;
  protocol: Protocol;
}

/** What the two annotations list already. */
interface Listed {
  extraPorts: readonly ListedPort[];
  acceptedCuts: readonly ListedPort[];
}

/**
 * The one line that mends a finding. The annotations are given in full, with what they list already,
 * so that the line can be copied.
 */
export function fixOf(
  { port, protocol }: FoundPort,
  container: string | undefined,
  listed: Listed,
): string {
  const where =
    container === undefined ? 'the container that listens on it' : `container ${container}`;
  const what = protocol === 'TCP' ? '' : ` with protocol ${protocol}`;
  if (typeof port === 'string') {
    return `declare a containerPort named ${JSON.stringify(port)}${what} in ${where}, or correct the name where it is used`;
  }
  return `declare containerPort ${port}${what} in ${where}, or ${fixByAnnotation({ port, protocol }, listed)}`;
}

/** The same for a port that no container of the workload listens on. */
export function fixByAnnotation(port: FoundPort, { extraPorts, acceptedCuts }: Listed): string {
  return `set ${EXTRA_PORTS_ANNOTATION}=${withPort(extraPorts, port)}, or accept it with ${ACCEPT_CUTS_ANNOTATION}=${withPort(acceptedCuts, port)}`;
}

/** The same for a port that only other namespaces refer to: who is there cannot ask the owner to open one. */
export function fixOfOutside(
  port: OutsidePort,
  verdict: OutsideVerdict,
  { acceptedCuts }: Listed,
): string {
  const where = port.namespaces.length > 1 ? 'namespaces' : 'namespace';
  const shown = port.namespaces.slice(0, 3).join(', ');
  const more = port.namespaces.length > 3 ? ` and ${port.namespaces.length - 3} more` : '';
  const who = `${where} ${shown}${more}`;
  if (verdict === 'tooMany')
    return `nothing waits for it, as ${who} named more than ${MAXIMUM_OUTSIDE_PORTS} undeclared ports of these pods`;
  if (verdict === 'refused')
    return 'nothing waits for it, as every ready pod refused a connection to it when it was asked';
  if (typeof port.port === 'string')
    return `only ${who} refers to it, by a name that no container has`;
  return `only ${who} refers to it: ask there whether it is meant, or accept the cut with ${ACCEPT_CUTS_ANNOTATION}=${withPort(acceptedCuts, port)}`;
}

/** The value of an annotation that lists one more port. */
function withPort(ports: readonly ListedPort[], { port, protocol }: FoundPort): string {
  const keys = [...ports, { port, protocol }].map((each) => portKey(each.port, each.protocol));
  return [...new Set(keys)].join(',');
}
