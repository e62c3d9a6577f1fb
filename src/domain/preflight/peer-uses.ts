import type { Protocol } from '../../api/kubernetes.ts';
import { selectorMatches } from '../match/label-selector.ts';
import { selectorOfTemplate } from '../workload/controller-labels.ts';
import { portKey } from '../workload/declared-ports.ts';
import type { ListedPort } from '../workload/port-text.ts';
import type { Workload } from '../workload/workload.ts';
import { awaitedLabels } from './awaited-labels.ts';
import type { PortUse } from './port-use.ts';
import { PEERS } from './source.ts';
import type { Service } from './usage.ts';

const USER = 'perhaps the replicas among themselves (they listen on it, and no object names it)';

/**
 * Whether replicas, where there are several, may talk among themselves on ports that no object names. They have to find each other: a StatefulSet
 * gives each pod "a stable network identity", and a headless Service of any workload returns "A or AAAA records … which
 * point directly to the pods" (Kubernetes docs).
 */
export function mayFindPeers(workload: Workload, services: readonly Service[]): boolean {
  if (workload.kind === 'StatefulSet') return true;
  return services.some(
    (service) =>
      service.headless && service.namespace === workload.namespace && mayName(service, workload),
  );
}

/** Whether a Service gives names to pods of the workload, once they have what controllers and programs put on them. */
function mayName({ selector: matchLabels }: Service, workload: Workload): boolean {
  if (Object.keys(matchLabels).length === 0) return false;
  const { labels } = workload.template;
  const ofTemplate = selectorOfTemplate({ matchLabels }, workload) ?? { matchLabels };
  return (
    selectorMatches(ofTemplate, labels) ||
    awaitedLabels({ matchLabels }, { owner: workload, selector: workload.selector, labels }) !==
      undefined
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

/** What is known of replicas that may talk among themselves, now or once there are more. */
export interface Peers {
  /** How many there are, or are to be. */
  replicas: number;
  /** Undeclared TCP ports that were open before any policy, and that none would allow. */
  open: readonly number[];
  /** Whether all TCP ports were asked then. */
  swept: boolean;
  isAllowed: (port: ListedPort) => boolean;
}

/** Ports on which members of a cluster gossip over both TCP and UDP: Nomad's, memberlist's, Serf's and Consul's, Alertmanager's. */
const GOSSIP_PORTS: readonly number[] = [4648, 7946, 8301, 8302, 9094];

/**
 * What nobody can know of peers, in sentences. A connection shows whether a TCP port is open. Over UDP silence says
 * nothing: who listens need not answer what it does not understand.
 */
export function peerNotes({ replicas, open, swept, isAllowed }: Peers): string[] {
  if (replicas < 2) return notesOfOne(open);
  const gossip = GOSSIP_PORTS.filter(
    (port) =>
      (open.includes(port) || isAllowed({ port, protocol: 'TCP' })) &&
      !isAllowed({ port, protocol: 'UDP' }),
  );
  const hint =
    gossip.length > 0
      ? `; where they gossip on ${listed(gossip, 'TCP')}, they need ${listed(gossip, 'UDP')}, too`
      : '';
  const what = swept
    ? 'what its replicas may say among themselves over UDP, no probe shows'
    : 'its replicas may talk among themselves on ports that no object names: which of these are open only a sweep of all ports shows, and over UDP nothing does';
  return [`${what}${hint}`];
}

/** What one replica listens on is closed without a loss to others of its kind, until there are more. */
function notesOfOne(open: readonly number[]): string[] {
  if (open.length === 0) return [];
  return [
    `with more than one replica, they may talk on ${listed(open, 'TCP')}, which no object names and the policy closes: list what they need before there are more`,
  ];
}

function listed(ports: readonly number[], protocol: Protocol): string {
  const shown = ports.slice(0, 5).map((port) => portKey(port, protocol));
  const more = ports.length > shown.length ? ` and ${ports.length - shown.length} more` : '';
  return shown.join(', ') + more;
}
