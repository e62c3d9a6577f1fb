import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { clusterDown, clusterUp } from '../cluster/cluster.ts';
import { run } from '../cluster/command.ts';
import { formatProgress, type Progress } from '../cluster/progress.ts';
import { repository } from '../harness/environment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of an administrator's kubeconfig. */
    kubeconfig: string;
    /** The words that a command line of kubectl begins with. */
    kubectlCommand: readonly string[];
  }
}

/** Builds the program, and starts an API server without controllers and nodes, with the definition of reports. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const onProgress = (progress: Progress) => process.stderr.write(`${formatProgress(progress)}\n`);
  await run(['npm', 'run', '--silent', 'build'], { directory: repository });
  const options = { network: 'none', nodes: 1, families: 'ipv4', onProgress } as const;
  const { binaries, kubeconfig } = await clusterUp(options);
  const kubectl = [...binaries.kubectl, '--kubeconfig', kubeconfig];
  await run([...kubectl, 'apply', '-k', path.join(repository, 'crds')], {});
  project.provide('kubeconfig', kubeconfig);
  project.provide('kubectlCommand', binaries.kubectl);
  return async () => {
    if (process.env.PORTLOCK_E2E_KEEP !== '1') await clusterDown();
  };
};
