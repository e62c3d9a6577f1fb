import { untoldPods } from '../../domain/policy/untold-pods.ts';
import { portKey } from '../../domain/workload/declared-ports.ts';
import { portsOfRange } from '../../domain/workload/port-range.ts';
import { withTemplate } from '../../domain/workload/rollout.ts';
import { readSettings, type Settings } from '../../domain/workload/settings.ts';
import {
  type ContainerPort,
  type Pod,
  WORKLOAD_KINDS,
  type Workload,
  type WorkloadKind,
} from '../../domain/workload/workload.ts';
import type { KubeClient, Selection } from '../../kube/client.ts';
import {
  projectRunningContainers,
  type RunningContainer,
  sharesProcesses,
} from '../../kube/container-projection.ts';
import { ApiError, isNotFound } from '../../kube/errors.ts';
import { projectPod } from '../../kube/projections.ts';
import { PODS, WORKLOAD_RESOURCES } from '../../kube/resources.ts';
import { selectorQuery } from '../../kube/selector-query.ts';
import { projectWorkload } from '../../kube/workload-projection.ts';
import { withTroubleTold } from '../api-trouble.ts';
import type { ClusterAccess } from '../cluster-access.ts';
import { CommandError } from '../command-error.ts';

/** A pod as it was found. */
export interface FoundPod {
  pod: Pod;
  /** What its containers declare, and the annotation of its workload where that is the target. */
  declared: readonly ContainerPort[];
  containers: readonly RunningContainer[];
  sharesProcesses: boolean;
}

/** An address to probe, and who holds it. */
export interface Place {
  address: string;
  found: FoundPod | undefined;
}

/** Looks who is where now; called before and after probing. */
export type Lookup = (signal: AbortSignal) => Promise<Place[]>;

/** All addresses of one pod. @throws CommandError */
export function podLookup({ client, namespace }: ClusterAccess, name: string): Lookup {
  const asked = { verb: 'get', resource: 'pods', namespace };
  return (signal) =>
    withTroubleTold(asked, async () => {
      const wire = await client.get(PODS, { namespace, name }, { signal }).catch(async (error) => {
        if (!isNotFound(error)) throw error;
        const meant = await workloadsNamed(client, { namespace, name }, signal);
        const hint = meant.length > 0 ? `; did you mean ${meant.join(' or ')}?` : '';
        throw new CommandError(`there is no pod "${name}" in the namespace "${namespace}"${hint}`);
      });
      const found = podOf(wire);
      if (!found.pod.live)
        throw new CommandError(`the pod ${namespace}/${name} has ended: nobody holds its address`);
      if (found.pod.ips.length === 0)
        throw new CommandError(`the pod ${namespace}/${name} has no address yet`);
      return placesOf(found);
    });
}

/** The workloads of that name, as TARGET names them; what may not be read is no help. */
async function workloadsNamed(
  client: KubeClient,
  where: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(WORKLOAD_RESOURCES).map(async ([kind, resource]) => {
      const isThere = await client.get(resource, where, { signal }).then(
        () => true,
        () => false,
      );
      return isThere ? [`${kind.toLowerCase()}/${where.name}`] : [];
    }),
  );
  signal.throwIfAborted();
  return found.flat();
}

/** All addresses of the pods that a workload's selector matches. @throws CommandError */
export function workloadLookup(
  { client, namespace }: ClusterAccess,
  kind: WorkloadKind,
  name: string,
): Lookup {
  return async (signal) => {
    const read = (of: WorkloadKind, called: string) =>
      readWorkload(client, { kind: of, namespace, name: called }, signal);
    const named = await read(kind, name);
    const lender = WORKLOAD_KINDS.find((each) => each === named.templateOf?.kind);
    const lent = lender && named.templateOf && (await read(lender, named.templateOf.name));
    const workload = withTemplate(named, () => lent);
    const untold = untoldPods(workload);
    if (untold) throw new CommandError(`${kind} ${namespace}/${name}: ${untold.message}`);
    const labelSelector = selectorQuery(workload.selector);
    const pods = await withTroubleTold({ verb: 'list', resource: 'pods', namespace }, () =>
      listPods(client, { namespace, labelSelector }, signal),
    );
    // Whether the workload has opted in makes no difference to what its owner declares.
    const settings = readSettings(workload, { name: namespace, labels: {}, annotations: {} });
    const places = pods.flatMap((found) =>
      placesOf({ ...found, declared: declaredBy(found.declared, settings) }),
    );
    if (places.length === 0)
      throw new CommandError(`the ${kind} ${namespace}/${name} has no running pod with an address`);
    return places;
  };
}

/** A workload as it is now, whoever controls it. */
async function readWorkload(
  client: KubeClient,
  { kind, namespace, name }: Pick<Workload, 'kind' | 'namespace' | 'name'>,
  signal: AbortSignal,
): Promise<Workload> {
  const resource = WORKLOAD_RESOURCES[kind];
  const asked = { verb: 'get', resource: resource.plural, namespace };
  const wire = await withTroubleTold(asked, () =>
    client.get(resource, { namespace, name }, { signal }).catch((error) => {
      if (!isNotFound(error)) throw error;
      throw new CommandError(`there is no ${kind} "${name}" in the namespace "${namespace}"`);
    }),
  );
  return projectWorkload(kind)(wire);
}

/** What the containers declare, as the owner's annotations change it. Of a UDP range nothing could be told. */
function declaredBy(
  ofContainers: readonly ContainerPort[],
  { extraPorts, extraRanges, closedPorts }: Settings,
): ContainerPort[] {
  const closed = new Set(closedPorts.map(({ port, protocol }) => portKey(port, protocol)));
  const inRanges = extraRanges
    .filter(({ protocol }) => protocol === 'TCP')
    .flatMap(portsOfRange)
    .map((each) => ({ ...each, container: '' }));
  return [...ofContainers, ...extraPorts, ...inRanges].filter(
    ({ port, protocol }) => !closed.has(portKey(port, protocol)),
  );
}

/**
 * Who holds these addresses, in all namespaces, or in one where the user named it or may not list
 * more. Pods on the network of their node are passed over: their address is not theirs alone.
 * @param onNarrowed told once where only one namespace can be seen
 */
export function addressLookup(
  { client, namespace, namespaceIsNamed }: ClusterAccess,
  addresses: readonly string[],
  onNarrowed: (namespace: string) => void,
): Lookup {
  let scope = namespaceIsNamed ? namespace : undefined;
  const holders = (signal: AbortSignal): Promise<FoundPod[]> =>
    withTroubleTold({ verb: 'list', resource: 'pods', namespace: scope }, async () => {
      const [first = '', second] = addresses;
      const byField = { namespace: scope, fieldSelector: `status.podIP=${first}` };
      const held = second === undefined ? await listPods(client, byField, signal) : [];
      // The server selects by a pod's first address alone; of two families, the second is found here.
      return held.length > 0 ? held : listPods(client, { namespace: scope }, signal);
    });
  const narrowedHolders = async (signal: AbortSignal): Promise<FoundPod[]> => {
    scope = namespace;
    const pods = await holders(signal);
    onNarrowed(namespace);
    return pods;
  };
  return async (signal) => {
    const pods = await holders(signal).catch((error: Error) => {
      if (scope !== undefined || !isForbidden(error.cause)) throw error;
      return narrowedHolders(signal);
    });
    const byAddress = new Map(
      pods
        .filter(({ pod }) => !pod.hostNetwork)
        .flatMap(placesOf)
        .map((place) => [place.address, place.found]),
    );
    return addresses.map((address) => ({ address, found: byAddress.get(address) }));
  };
}

/** Whether what was found before a probe was there all the time: the same pod held the address. */
export function isHeld(before: Place, after: readonly Place[]): boolean {
  const now = after.find(({ address }) => address === before.address);
  return now?.found?.pod.uid === before.found?.pod.uid;
}

function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}

/** The pods that live and have an address, one page in memory at a time. */
async function listPods(
  client: KubeClient,
  selection: Selection,
  signal: AbortSignal,
): Promise<FoundPod[]> {
  const found: FoundPod[] = [];
  for await (const { items } of client.list(PODS, { ...selection, signal }))
    found.push(...items.map(podOf).filter(({ pod }) => pod.live && pod.ips.length > 0));
  return found.sort((a, b) => (a.pod.name < b.pod.name ? -1 : 1));
}

/** A pod as the API server sends it. @throws MalformedObjectError */
export function podOf(wire: object): FoundPod {
  const pod = projectPod(wire);
  const containers = projectRunningContainers(wire);
  return { pod, declared: pod.ports, containers, sharesProcesses: sharesProcesses(wire) };
}

function placesOf(found: FoundPod): Place[] {
  return found.pod.ips.map((address) => ({ address, found }));
}
