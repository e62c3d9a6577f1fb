import type { Protocol } from '../../api/kubernetes.ts';
import { ACCEPT_CUTS_ANNOTATION, EXTRA_PORTS_ANNOTATION } from '../../api/names.ts';
import { portKey } from '../ports.ts';
import type { PortReference } from './usage.ts';

/** A port as an annotation lists it. */
export interface ListedPort {
  port: number;
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
  { port, protocol }: { port: PortReference; protocol: Protocol },
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
export function fixByAnnotation(
  { port, protocol }: { port: PortReference; protocol: Protocol },
  listed: Listed,
): string {
  const added = (ports: readonly ListedPort[]): string => {
    const keys = [...ports.map((each) => portKey(each.port, each.protocol)), `${port}/${protocol}`];
    return [...new Set(keys)].join(',');
  };
  return `set ${EXTRA_PORTS_ANNOTATION}=${added(listed.extraPorts)}, or accept it with ${ACCEPT_CUTS_ANNOTATION}=${added(listed.acceptedCuts)}`;
}
