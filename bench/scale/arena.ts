import path from 'node:path';
import { clusterUp } from '../../e2e/cluster/cluster.ts';
import { run } from '../../e2e/cluster/command.ts';
import { formatProgress } from '../../e2e/cluster/progress.ts';
import { repository } from '../../e2e/harness/environment.ts';
import { Kubectl } from '../../e2e/harness/kubectl.ts';
import { KubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import { NAMESPACES } from './load.ts';

/** An API server without nodes, on which contestants run in turn. */
export interface Arena {
  readonly kubeconfig: string;
  readonly kubectl: Kubectl;
  /** The cluster's own program, which is each of its components. */
  readonly kube: string;
  readonly client: KubeClient;
}

/** Starts it with portlock's definitions and the namespaces of the load, and builds portlock. */
export async function startArena(say: (line: string) => void, signal: AbortSignal): Promise<Arena> {
  const cluster = await clusterUp({
    network: 'none',
    nodes: 1,
    families: 'ipv4',
    signal,
    onProgress: (progress) => say(formatProgress(progress)),
  });
  await run(['npm', 'run', '--silent', 'build'], { directory: repository, signal });
  const { kubeconfig, binaries } = cluster;
  const kubectl = new Kubectl(binaries.kubectl, kubeconfig);
  await kubectl.run(['apply', '--kustomize', path.join(repository, 'crds')]);
  for (const name of ['default', ...NAMESPACES])
    await kubectl.run(['create', 'namespace', name]).catch(() => {});
  const client = new KubeClient({ kubeConfig: loadKubeConfig({ kubeconfig }) });
  return { kubeconfig, kubectl, kube: binaries.kubectl[0] ?? '', client };
}
