import type { ClusterAccess, ClusterFlags } from '../cluster-access.ts';
import { CommandError } from '../command-error.ts';
import type { Streams } from '../streams.ts';
import type { Words } from '../words.ts';
import type { ClusterScope } from './read-cluster.ts';
import { type ManifestFlags, type ReadManifests, readManifests } from './read-manifests.ts';

/** The arguments of all commands that read manifests, or else a cluster. */
export interface SourceFlags extends Omit<ManifestFlags, 'namespace'>, ClusterFlags {
  quiet: boolean;
}

/** What is read from and spoken to besides, and until when. */
export interface Surroundings {
  streams: Streams;
  words: Words;
  signal: AbortSignal;
}

/** What was read, and of which cluster. */
export interface ReadSource extends ReadManifests {
  /** Undefined where manifests were read. */
  access: ClusterAccess | undefined;
}

/**
 * Reads manifests where there are any, else a cluster, and lets it be used. Then all connections end.
 * @param scopeOf which part of a cluster, given the namespace of the user's context
 * @throws CommandError, KubeConfigError
 */
export async function withSource<T>(
  flags: SourceFlags,
  { streams, words, signal }: Surroundings,
  scopeOf: (access: ClusterAccess) => ClusterScope,
  use: (read: ReadSource) => Promise<T>,
): Promise<T> {
  if (flags.paths.length > 0) {
    if (flags.kubeconfig ?? flags.context ?? flags.as)
      throw new CommandError('-f reads no cluster: drop --kubeconfig, --context and --as');
    const namespace = flags.namespace ?? 'default';
    return use({
      ...(await readManifests({ ...flags, namespace }, streams, words)),
      access: undefined,
    });
  }
  if (flags.build) throw new CommandError('a cluster is not built: name manifests with -f');
  // Who reads manifests does not wait until the client library is loaded.
  const [{ findCluster }, { readLive }] = await Promise.all([
    import('../cluster-access.ts'),
    import('./read-live.ts'),
  ]);
  const access = findCluster(flags);
  try {
    const read = await readLive(access, scopeOf(access), flags, words, signal);
    return await use({ ...read, access });
  } finally {
    await access.client.close();
  }
}
