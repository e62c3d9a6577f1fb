import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { images } from '../cluster/base-images.ts';
import { buildImage } from '../cluster/build-image.ts';
import { type Cluster, clusterUp } from '../cluster/cluster.ts';
import { importImage } from '../cluster/import-image.ts';
import { formatProgress, type Progress } from '../cluster/progress.ts';
import type { Families, Network, NodeCount } from '../cluster/topology.ts';
import { Kubectl } from './kubectl.ts';

export const repository = path.resolve(import.meta.dirname, '../..');

/** The image of this checkout, as e2e/config/operator names it. */
export const OPERATOR_IMAGE = 'localhost/portlock-e2e/portlock:test';

/** What a test needs to know of the cluster; plain data. */
export interface Environment {
  kubeconfig: string;
  kubectlCommand: readonly string[];
  nodes: readonly string[];
  auditLog: string | undefined;
}

export type Say = (line: string) => void;

/** A running cluster with the operator's image on its nodes. */
export async function startEnvironment(
  options: { network: Network; nodes: NodeCount; families: Families; signal?: AbortSignal },
  say: Say,
): Promise<Environment> {
  const onProgress = (progress: Progress) => say(formatProgress(progress));
  const cluster: Cluster = await clusterUp({ ...options, onProgress });
  // For a cluster to which this program cannot give images: whoever did it says so.
  if (process.env.PORTLOCK_E2E_IMAGES !== 'loaded') {
    say('Building the image of the operator');
    await loadOperatorImage({ tree: repository, tag: OPERATOR_IMAGE }, options.signal, say);
  }
  return {
    kubeconfig: cluster.kubeconfig,
    kubectlCommand: cluster.binaries.kubectl,
    nodes: cluster.nodes,
    auditLog: cluster.auditLog,
  };
}

/** The kubectl of an environment. */
export function kubectlOf(environment: Environment): Kubectl {
  return new Kubectl(environment.kubectlCommand, environment.kubeconfig);
}

/**
 * Builds the operator's image from a checkout and gives it to every node.
 *
 * @param tree the folder of the checkout
 * @param tag the image's whole name
 */
export async function loadOperatorImage(
  { tree, tag }: { tree: string; tag: string },
  signal: AbortSignal | undefined,
  say: Say,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'portlock-image-'));
  try {
    const archive = path.join(folder, 'portlock.tar');
    await buildImage({
      dockerfile: path.join(tree, 'Dockerfile'),
      context: tree,
      archive,
      tag,
      onLine: (line) => line.includes('STEP') && say(`  ${line}`),
      ...(signal && { signal }),
      buildArgs: { BUILDER: images.builder, BASE: images.distrolessNode },
    });
    await importImage(archive, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
