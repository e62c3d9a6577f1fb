import type { Protocol } from '../../api/kubernetes.ts';
import { selectorMatches } from '../match/label-selector.ts';
import { selectorOfTemplate } from '../workload/controller-labels.ts';
import { type DeclaredPort, portKey } from '../workload/declared-ports.ts';
import type { ListedPort } from '../workload/port-text.ts';
import type { Workload } from '../workload/workload.ts';
import { awaitedLabels } from './awaited-labels.ts';
import type { PortUse } from './port-use.ts';
import { PEERS } from './source.ts';
import type { Service } from './usage.ts';

const LISTENING = 'perhaps the replicas among themselves (they listen on it';
const UNNAMED = ', and no object names it)';
const DECLARED = 'perhaps the replicas among themselves (it is declared, and no object names it)';

/**
 * TCP ports on which members of a cluster find each other or replicate, and hardly anybody else listens: those of etcd, Akka and
 * Pekko, ZooKeeper, Erlang, Hazelcast, NATS, JGroups (Keycloak, Infinispan), memberlist, Consul, Elasticsearch, RabbitMQ, and Ignite.
 */
const CLUSTER_PORTS: ReadonlySet<number> = new Set([
  2380, 2551, 2552, 2888, 3888, 4369, 5701, 6222, 7800, 7946, 8300, 8301, 8302, 8558, 9300, 25_520,
  25_672, 47_100, 47_500,
]);

/**
 * Whether replicas, where there are several, may talk among themselves on ports that no object names. They have to find each other: a StatefulSet
 * gives each pod "a stable network identity", and a headless Service of any workload returns "A or AAAA records … which
 * point directly to the pods" (Kubernetes docs). Others ask the API server or a database for the pods' addresses, which
 * no object tells: the port of a cluster does on which they listen.
 *
 * @param listened TCP ports that are declared, or were open before any policy
 */
export function mayFindPeers(
  workload: Workload,
  services: readonly Service[],
  listened: Iterable<number>,
): boolean {
  if (workload.kind === 'StatefulSet') return true;
  const isNamed = services.some(
    (service) =>
      service.headless && service.namespace === workload.namespace && mayName(service, workload),
  );
  return isNamed || [...listened].some((port) => CLUSTER_PORTS.has(port));
}

/** By these labels one headless Service leads to the pods of several workloads: a leader and its workers, the Jobs of a JobSet. */
const GROUP_LABELS = ['leaderworkerset.sigs.k8s.io/name', 'jobset.sigs.k8s.io/jobset-name'];

/** Whether the pods are of a group that several workloads make up, so that one replica has others to talk to. */
export function isOfGroup({ template }: Workload): boolean {
  return GROUP_LABELS.some((key) => template.labels[key] !== undefined);
}

/**
 * Whether a Service gives names to pods of the workload, once they have what controllers and programs put on them: a
 * Job's pods have its name.
 */
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
 * @param open undeclared TCP ports that were open before any policy, or are by ours
 * @param isNamed whether the cluster's objects tell of a use of one
 */
export function peerUses(open: readonly number[], isNamed: (port: number) => boolean): PortUse[] {
  return open.map((port) => ({
    port,
    protocol: 'TCP',
    user: LISTENING + (isNamed(port) ? ')' : UNNAMED),
    source: PEERS,
  }));
}

/**
 * The same of declared ports that nobody else is known to use: where allow-from names others alone, peers are kept out.
 *
 * @param unused declared ports that no object names
 */
export function declaredPeerUses(unused: readonly DeclaredPort[]): PortUse[] {
  return unused.map(({ port, protocol }) => ({ port, protocol, user: DECLARED, source: PEERS }));
}

/** What is known of replicas that may talk among themselves, now or once there are more. */
export interface Peers {
  /** How many there are, or are to be. */
  replicas: number;
  /** Undeclared TCP ports that were open before any policy, and that none would allow. */
  open: readonly number[];
  /** Whether an object names a port of them. */
  isNamed: (port: number) => boolean;
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
export function peerNotes({ replicas, open, isNamed, swept, isAllowed }: Peers): string[] {
  if (replicas < 2) return notesOfOne(open.filter((port) => !isNamed(port)));
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
