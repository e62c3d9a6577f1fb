import type { TestProject } from 'vitest/node';
import { clusterDown } from './cluster/cluster.ts';
import { type Environment, kubectlOf, startEnvironment } from './harness/environment.ts';
import { installOperator } from './harness/installation.ts';

declare module 'vitest' {
  interface ProvidedContext {
    environment: Environment;
  }
}

/** One cluster for all end-to-end tests of a project: two nodes with Cilium, the operator installed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const environment = await startEnvironment({ network: 'cilium', nodes: 2 }, say);
  await installOperator(kubectlOf(environment));
  project.provide('environment', environment);
  return async () => {
    if (process.env.PORTLOCK_E2E_KEEP !== '1') await clusterDown();
  };
}
