import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

import { ClusterError } from './cluster-error.ts';
import { run } from './command.ts';
import { directories } from './directories.ts';
import { externalCluster } from './external-cluster.ts';
import { containerdSocket, importArchive } from './node.ts';
import { runningNodes } from './running-cluster.ts';
import { isProvided } from './search-path.ts';

/**
 * Gives every node of the running cluster the images of a docker-archive; their pods then need
 * `imagePullPolicy: Never` or `IfNotPresent`. A kind cluster gets them by `kind`.
 * Throws a ClusterError if no cluster runs, or if an external one has to be given them by hand.
 */
export async function importImage(archive: string, signal?: AbortSignal): Promise<void> {
  const external = externalCluster();
  if (external !== undefined) return importIntoKind(external.kubeconfig, archive, signal);
  const nodes = await runningNodes(directories().state);
  if (nodes.length === 0) throw new ClusterError('No cluster runs; npm run cluster:up starts one.');
  await Promise.all(
    nodes.map(({ folder }) => importArchive(containerdSocket(folder), archive, signal)),
  );
}

async function importIntoKind(
  kubeconfig: string,
  archive: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const name = kindName(await readFile(kubeconfig, 'utf8'));
  if (name === undefined || !isProvided('kind')) {
    throw new ClusterError(
      `The cluster of ${kubeconfig} is not ours: give it the images of ${archive} yourself (kind load image-archive, k3d image import).`,
    );
  }
  await run(['kind', 'load', 'image-archive', archive, '--name', name], { signal });
}

/** The name of the kind cluster that a kubeconfig's current context is of, or undefined. */
export function kindName(kubeconfig: string): string | undefined {
  const context: unknown = parse(kubeconfig)?.['current-context'];
  return typeof context === 'string' && context.startsWith('kind-')
    ? context.slice('kind-'.length)
    : undefined;
}
