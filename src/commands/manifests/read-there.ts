import { CommandError } from '../command-error.ts';
import { wholeScope } from './read-cluster.ts';
import { type ReadManifests, readManifests } from './read-manifests.ts';
import { type SourceFlags, type Surroundings, withSource } from './read-source.ts';

/** The arguments of commands that compare with the policies that are there. */
export interface ThereFlags extends SourceFlags {
  /** Whether those of a cluster are meant. */
  live: boolean;
  /** Of a cluster whose workloads are looked at, too. */
  allNamespaces: boolean;
}

/**
 * Reads workloads and the policies that are there, and lets them be used. Both are of the manifests, or with `live` the
 * policies of a cluster; of the cluster are also the workloads where no manifests are named.
 * @throws CommandError, KubeConfigError
 */
export async function withThere<T>(
  flags: ThereFlags,
  around: Surroundings,
  use: (read: ReadManifests) => Promise<T>,
): Promise<T> {
  const { live, paths, allNamespaces, kubeconfig, context, as } = flags;
  if (live && paths.length > 0) return withLivePolicies(flags, around, use);
  if (live && flags.build) throw new CommandError('a cluster is not built: name manifests');
  if (live) return withSource(flags, around, (access) => wholeScope(flags, access), use);
  if (allNamespaces || (kubeconfig ?? context ?? as))
    throw new CommandError(
      'only --live reads a cluster: add it, or drop -A, --kubeconfig, --context and --as',
    );
  const namespace = flags.namespace ?? 'default';
  return use(await readManifests({ ...flags, namespace }, around.streams, around.words));
}

/** What is applied without a namespace goes into that of the user's context. */
async function withLivePolicies<T>(
  flags: ThereFlags,
  { streams, words, signal }: Surroundings,
  use: (read: ReadManifests) => Promise<T>,
): Promise<T> {
  if (flags.allNamespaces)
    throw new CommandError('manifests say where they are: drop -A, or the paths');
  const [{ findCluster }, { readLive }] = await Promise.all([
    import('../cluster-access.ts'),
    import('./read-live.ts'),
  ]);
  const access = findCluster(flags);
  try {
    const { namespace } = access;
    const read = await readManifests({ ...flags, namespace }, streams, words);
    const namespaces = new Set(read.cluster.workloads.map(({ value }) => value.namespace));
    const scope = { namespaces: [...namespaces], concerns: CONCERNS };
    const live = await readLive(access, scope, flags, words, signal);
    return await use(withPoliciesOf(live, read));
  } finally {
    await access.client.close();
  }
}

const CONCERNS = ['policies', 'namespaces'] as const;

/** The manifests as if their policies were those of the cluster; what they say of a namespace is applied, too. */
function withPoliciesOf(live: ReadManifests, manifests: ReadManifests): ReadManifests {
  const { policies, tieredPolicies, pluginPolicies, gaps } = live.cluster;
  const namespaces = new Map([...live.cluster.namespaces, ...manifests.cluster.namespaces]);
  const there = { policies, tieredPolicies, pluginPolicies, gaps, namespaces };
  const cluster = { ...manifests.cluster, ...there };
  return {
    cluster,
    snapshots: manifests.snapshots.over(cluster),
    problems: [...manifests.problems, ...live.problems],
  };
}
