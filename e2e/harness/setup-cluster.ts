import type { TestProject } from 'vitest/node';
import { clusterDown } from '../cluster/cluster.ts';
import type { Families, Network } from '../cluster/topology.ts';
import { type Environment, kubectlOf, startEnvironment } from './environment.ts';
import { installOperator } from './installation.ts';

declare module 'vitest' {
  interface ProvidedContext {
    environment: Environment;
  }
}

/**
 * Starts the cluster of a project's tests, two nodes with the operator installed, and provides it to
 * them; returns what takes it down again. `PORTLOCK_E2E_KEEP=1` leaves it up.
 */
export async function setupCluster(
  project: TestProject,
  network: Network,
  families: Families = 'ipv4',
): Promise<() => Promise<void>> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const environment = await startEnvironment({ network, nodes: 2, families }, say);
  await installOperator(kubectlOf(environment));
  project.provide('environment', environment);
  return async () => {
    if (process.env.PORTLOCK_E2E_KEEP !== '1') await clusterDown();
  };
}
