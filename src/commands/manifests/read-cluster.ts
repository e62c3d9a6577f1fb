import type { KubeClient } from '../../kube/client.ts';
import { ApiError, isNotFound } from '../../kube/errors.ts';
import { type KubernetesObject, resourceName } from '../../kube/resource.ts';
import { MalformedObjectError } from '../../kube/shape.ts';
import { entriesOf, fieldsOf, identityOf, textOf } from '../../kube/wire-fields.ts';
import { withTroubleTold } from '../api-trouble.ts';
import { emptyCluster, type ManifestCluster } from './cluster.ts';
import { type Concern, decisiveKinds, type ManifestKind } from './kinds.ts';
import type { Manifest, Problem } from './manifest.ts';

/** Which part of a cluster is looked at. */
export interface ClusterScope {
  /** All where undefined. */
  namespaces: readonly string[] | undefined;
  /** What of it. */
  concerns: readonly Concern[];
}

const ALL_CONCERNS: readonly Concern[] = ['workloads', 'policies', 'namespaces', 'pods', 'usage'];

/** All that is decided on of the user's namespace, or of all. */
export function wholeScope(
  { allNamespaces }: { allNamespaces: boolean },
  { namespace }: { namespace: string },
): ClusterScope {
  return { namespaces: allNamespaces ? undefined : [namespace], concerns: ALL_CONCERNS };
}

/** What is there now, as far as the user may read it. */
export interface ReadLive {
  cluster: ManifestCluster;
  problems: readonly Problem[];
  /** How many objects were read. */
  objects: number;
}

/**
 * Reads a cluster by lists, one for each kind that decisions read, all at a time. What is not served is not there; what
 * the user may not list becomes a gap.
 *
 * @param onRead told after each kind how many are done
 * @throws CommandError where the API server gives no answer, or not one to this user
 */
export async function readCluster(
  client: KubeClient,
  scope: ClusterScope,
  onRead: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<ReadLive> {
  const kinds = decisiveKinds().filter(({ concern }) => scope.concerns.includes(concern));
  let done = 0;
  const parts = await Promise.all(
    kinds.map(async (kind) => {
      const part = await readKind(client, kind, scope, signal);
      done += 1;
      onRead(done, kinds.length);
      return part;
    }),
  );
  const cluster: ManifestCluster = { ...emptyCluster(), source: 'cluster' };
  for (const part of parts) addTo(cluster, part.cluster);
  return {
    cluster,
    problems: parts.flatMap(({ problems }) => problems),
    objects: parts.reduce((sum, { objects }) => sum + objects, 0),
  };
}

/** Others may refer to a namespace from theirs. */
const FROM_ELSEWHERE: ReadonlySet<string> = new Set([
  'Service',
  'EndpointSlice',
  'HTTPRoute',
  'GRPCRoute',
  'TCPRoute',
  'TLSRoute',
  'UDPRoute',
  'IngressRoute',
  'IngressRouteTCP',
  'IngressRouteUDP',
  'TraefikService',
  'VirtualService',
  'Mapping',
  'TCPMapping',
  'ServiceMonitor',
  'PodMonitor',
  'VMServiceScrape',
  'VMPodScrape',
]);

async function readKind(
  client: KubeClient,
  kind: ManifestKind,
  { namespaces }: ClusterScope,
  signal: AbortSignal,
): Promise<ReadLive> {
  const part: ReadLive & { problems: Problem[] } = {
    cluster: emptyCluster(),
    problems: [],
    objects: 0,
  };
  const take = (wire: KubernetesObject) => {
    part.objects += 1;
    takeInto(part, kind, wire);
  };
  const isWhole = namespaces === undefined || !kind.resource.namespaced;
  const everywhere = [undefined];
  const places = isWhole || FROM_ELSEWHERE.has(kind.kind) ? everywhere : namespaces;
  if (await readIn(client, kind, places, take, signal)) return part;
  const gap = { resource: resourceName(kind.resource), concern: kind.concern };
  for (const namespace of places) part.cluster.gaps.push({ ...gap, namespace });
  // Who may not see all namespaces may see those that are meant.
  if (!isWhole && places === everywhere) await readIn(client, kind, namespaces, take, signal);
  if (kind.kind === 'Namespace' && namespaces)
    await readNamespaces(client, kind, namespaces, take, part, signal);
  return part;
}

/** Returns false where the user may not, and something is served there. */
async function readIn(
  client: KubeClient,
  kind: ManifestKind,
  namespaces: readonly (string | undefined)[],
  take: (wire: KubernetesObject) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const { resource } = kind;
  for (const namespace of namespaces) {
    const asked = { verb: 'list', resource: resourceName(resource), namespace };
    const outcome = await withTroubleTold(asked, () =>
      client.forEach(resource, { namespace, signal }, take).catch((error: unknown) => {
        if (isNotFound(error)) return 'absent';
        if (error instanceof ApiError && error.status === 403) return 'forbidden';
        throw error;
      }),
    );
    if (outcome === 'forbidden') return !(await isServed(client, resource, signal));
    // What is not served in one namespace is in none.
    if (outcome === 'absent') {
      const other = await otherVersion(client, resource, signal);
      return other ? readIn(client, { ...kind, resource: other }, namespaces, take, signal) : true;
    }
  }
  return true;
}

/** The resource in another version, where its group has it in one: routes have become v1 since. */
async function otherVersion(
  client: KubeClient,
  resource: ManifestKind['resource'],
  signal: AbortSignal,
): Promise<ManifestKind['resource'] | undefined> {
  if (resource.group === '') return undefined;
  for (const version of await versionsOf(client, resource.group, signal)) {
    const other = { ...resource, version };
    if (version !== resource.version && (await isServed(client, other, signal))) return other;
  }
  return undefined;
}

/** Those that discovery tells everybody of a group, the preferred one first; none where there is no such group. */
async function versionsOf(
  client: KubeClient,
  group: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const request = { method: 'GET', path: `/apis/${group}`, signal } as const;
    const { versions } = fieldsOf(await client.request(request));
    return entriesOf(versions).map((each) => textOf(fieldsOf(each).version));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ApiError) return [];
    throw error;
  }
}

/** "Forbidden" comes before "not found": whether there is such a kind, discovery tells everybody. */
async function isServed(
  client: KubeClient,
  { group, version, plural }: ManifestKind['resource'],
  signal: AbortSignal,
): Promise<boolean> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  try {
    const { resources } = fieldsOf(await client.request({ method: 'GET', path, signal }));
    return entriesOf(resources).some((each) => fieldsOf(each).name === plural);
  } catch (error) {
    signal.throwIfAborted();
    return !isNotFound(error);
  }
}

/** One by one, which more may do. */
async function readNamespaces(
  client: KubeClient,
  { resource }: ManifestKind,
  names: readonly string[],
  take: (wire: KubernetesObject) => void,
  part: ReadLive,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const name of names) take(await client.get(resource, { name }, { signal }));
    part.cluster.gaps.length = 0;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // What is not there is known as well.
    if (isNotFound(error)) part.cluster.gaps.length = 0;
  }
}

function takeInto(
  part: ReadLive & { problems: Problem[] },
  { kind, resource, take }: ManifestKind,
  wire: KubernetesObject,
): void {
  const apiVersion = resource.group ? `${resource.group}/${resource.version}` : resource.version;
  const about = { manifest: noManifest(apiVersion, kind), hasNamespace: true };
  const wrong = (field: string) => {
    const { namespace, name } = identityOf(wire);
    const what = [namespace, name].filter(Boolean).join('/');
    part.problems.push({ file: '', message: `${kind} ${what}: ${field} is not as the API has it` });
  };
  try {
    take(part.cluster, wire, about, wrong);
  } catch (error) {
    if (!(error instanceof MalformedObjectError)) throw error;
    wrong(error.message);
  }
}

/** What a cluster has stands in no file. */
function noManifest(apiVersion: string, kind: string): Manifest {
  const document = { file: '', line: 0, text: '' };
  return { file: '', line: 0, document, path: [], wire: { apiVersion, kind } };
}

function addTo(cluster: ManifestCluster, part: ManifestCluster): void {
  for (const key of LISTS) for (const each of part[key]) (cluster[key] as unknown[]).push(each);
  for (const [name, namespace] of part.namespaces) cluster.namespaces.set(name, namespace);
  for (const key of Object.keys(part.usage) as (keyof ManifestCluster['usage'])[])
    for (const each of part.usage[key]) (cluster.usage[key] as unknown[]).push(each);
}

const LISTS = [
  'gaps',
  'workloads',
  'policies',
  'pods',
  'links',
  'tieredPolicies',
  'pluginPolicies',
] as const;
