import { ClusterError } from './cluster-error.ts';
import { type Directories, directories } from './directories.ts';
import { externalCluster } from './external-cluster.ts';
import { takeLock } from './lock.ts';
import type { OnProgress } from './progress.ts';
import { keepLogs, removeCluster } from './remove.ts';
import { startCluster } from './start-cluster.ts';
import type { Families, Network, NodeCount } from './topology.ts';

const lockName = 'portlock-e2e-cluster';

export interface ClusterOptions {
  readonly network: Network;
  readonly nodes: NodeCount;
  readonly families: Families;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** A cluster that can be used. */
export interface Cluster {
  /** The path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** `external`: another cluster than ours, of which we know no more than its kubeconfig. */
  readonly network: Network | 'external';
  /** The names of the nodes that were started; none if the cluster is external. */
  readonly nodes: readonly string[];
  /** The file of JSON lines, one per request to the API server; not of an external cluster. */
  readonly auditLog: string | undefined;
  /** Each as the words that a command line begins with. */
  readonly binaries: { readonly kubectl: readonly string[] };
}

/**
 * Starts this machine's cluster anew, whatever was left of the last one; builds what the cache
 * lacks, which takes minutes the first time. If it fails or is aborted, nothing of it stays.
 * Uses the cluster of `PORTLOCK_E2E_KUBECONFIG` instead, and starts nothing, where that is set.
 * Throws a ClusterError that says what is missing, who holds the lock, or what did not start.
 */
export async function clusterUp({
  network,
  nodes,
  families,
  signal,
  onProgress = () => {},
}: ClusterOptions): Promise<Cluster> {
  const external = externalCluster();
  if (external !== undefined) return external;
  const places = machine();
  const lock = await takeLock('starting the cluster', lockName);
  try {
    await removeCluster(places);
    return await startCluster({ places, network, nodes, families, signal, onProgress });
  } catch (error) {
    const logs = signal?.aborted ? undefined : await keepLogs(places);
    await removeCluster(places);
    signal?.throwIfAborted(); // what the abort broke off says less than who aborted, and why
    if (logs === undefined || !(error instanceof ClusterError)) throw error;
    throw new ClusterError(`${error.message}\nThe logs are kept in ${logs}`, { cause: error });
  } finally {
    await lock.release();
  }
}

/** Removes this machine's cluster, if there is one. Throws a ClusterError if it is being started. */
export async function clusterDown(): Promise<void> {
  if (externalCluster() !== undefined) return;
  const places = machine();
  const lock = await takeLock('removing the cluster', lockName);
  try {
    await removeCluster(places);
  } finally {
    await lock.release();
  }
}

function machine(): Directories {
  if (process.platform !== 'linux') throw new ClusterError('The cluster needs Linux.');
  if (process.getuid?.() !== 0) throw new ClusterError('The cluster needs root.');
  return directories();
}
