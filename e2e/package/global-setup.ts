import type { TestProject } from 'vitest/node';
import { clusterDown } from '../cluster/cluster.ts';
import { startEnvironment } from '../harness/environment.ts';

/** A cluster whose network enforces policies, with the operator's image on its nodes and no operator. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const options = { network: 'cilium', nodes: 2, families: 'ipv4' } as const;
  project.provide('environment', await startEnvironment(options, say));
  return async () => {
    if (process.env.PORTLOCK_E2E_KEEP !== '1') await clusterDown();
  };
};
