import { selectorMatches } from '../match/label-selector.ts';
import type { Workload } from '../workload/workload.ts';
import type { PortUse } from './port-use.ts';
import { PEERS } from './source.ts';
import type { Service } from './usage.ts';

const USER = 'perhaps the replicas among themselves (they listen on it, and no object names it)';

/**
 * Whether replicas may talk among themselves on ports that no object names. They have to find each other: a StatefulSet
 * gives each pod "a stable network identity", and a headless Service of any workload returns "A or AAAA records … which
 * point directly to the pods" (Kubernetes docs).
 *
 * @param replicas how many there are, or are to be
 */
export function mayHavePeers(
  { kind, namespace, template }: Workload,
  replicas: number,
  services: readonly Service[],
): boolean {
  if (replicas < 2) return false;
  if (kind === 'StatefulSet') return true;
  return services.some(
    (service) =>
      service.headless &&
      service.namespace === namespace &&
      Object.keys(service.selector).length > 0 &&
      selectorMatches({ matchLabels: service.selector }, template.labels),
  );
}

/**
 * Uses by peers.
 *
 * @param open undeclared TCP ports that were open before any policy
 */
export function peerUses(open: readonly number[]): PortUse[] {
  return open.map((port) => ({ port, protocol: 'TCP', user: USER, source: PEERS }));
}

/** What cannot be known of peers before all ports were asked. */
export const UNSWEPT_PEERS =
  'its replicas may talk among themselves on ports that no object names, and which of these are open only a sweep of all ports shows';
