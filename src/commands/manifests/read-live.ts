import { unreadKinds } from '../../domain/preflight/unread-kinds.ts';
import type { ClusterAccess } from '../cluster-access.ts';
import { CommandError } from '../command-error.ts';
import { countOf } from '../count-of.ts';
import { ProgressBar } from '../progress-bar.ts';
import type { Words } from '../words.ts';
import type { Gap, ManifestCluster } from './cluster.ts';
import type { Problem } from './manifest.ts';
import { type ClusterScope, readCluster } from './read-cluster.ts';
import type { ManifestFlags, ReadManifests } from './read-manifests.ts';
import { Snapshots } from './snapshots.ts';

/**
 * Reads a cluster as manifests are read, and says what of it could not be.
 * @throws CommandError: in one line
 */
export async function readLive(
  { client }: ClusterAccess,
  scope: ClusterScope,
  {
    operatorNamespace,
    widening,
    quiet,
  }: Omit<ManifestFlags, 'paths' | 'namespace'> & {
    quiet: boolean;
  },
  words: Words,
  signal: AbortSignal,
): Promise<ReadManifests> {
  const where = scope.namespaces?.map((name) => `the namespace ${name}`).join(' and ');
  words.say(`Reading ${where ?? 'the cluster'}`);
  let bar: ProgressBar | undefined;
  const onRead = (done: number, total: number) => {
    bar ??= new ProgressBar(process.stderr, total, 'kinds', performance.now());
    if (!quiet) bar.show(done, performance.now());
  };
  const read = await readCluster(client, scope, onRead, signal).finally(() => bar?.clear());
  const { cluster, objects } = read;
  words.say(`Read ${countOf(objects, 'object')}`);
  const defined = new Set(cluster.usage.definitions.map(({ name }) => name));
  const unread = unreadKinds((name) => defined.has(name));
  if (unread.length > 0) words.say(`Not looked at, and there: ${unread.join(', ')}`);
  const problems = [...read.problems, ...cluster.gaps.map(gapInWords)];
  for (const { message } of problems) words.tell(message);
  const absent = absentNamespace(cluster, scope);
  if (absent !== undefined) throw new CommandError(`there is no namespace ${absent}`);
  const settings = { namespace: operatorNamespace, widening, now: Date.now() };
  const snapshots = new Snapshots(cluster, settings);
  return { cluster, snapshots, problems };
}

/** Where there is no workload at all, the namespace that is not there either; undefined where that is not known. */
function absentNamespace(
  { workloads, namespaces, gaps }: ManifestCluster,
  scope: ClusterScope,
): string | undefined {
  const isKnown =
    scope.concerns.includes('workloads') && !gaps.some(({ concern }) => concern === 'namespaces');
  if (workloads.length > 0 || !isKnown) return undefined;
  return scope.namespaces?.find((name) => !namespaces.has(name));
}

function gapInWords({ resource, namespace, concern }: Gap): Problem {
  const where = namespace === undefined ? 'all namespaces' : `the namespace ${namespace}`;
  const what = {
    workloads: 'those are left out',
    policies: 'what is allowed is Unknown',
    namespaces: 'their labels are not known',
    pods: 'only templates are looked at',
    usage: 'who uses a port is not fully known',
  }[concern];
  return { file: '', message: `not allowed to list ${resource} in ${where}: ${what}` };
}
