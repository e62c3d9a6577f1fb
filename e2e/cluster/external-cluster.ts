import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';

import type { Cluster } from './cluster.ts';
import { ClusterError } from './cluster-error.ts';
import { directories } from './directories.ts';

/**
 * The cluster that `PORTLOCK_E2E_KUBECONFIG` names, or undefined if it is not set.
 * Throws a ClusterError if there is no such file.
 */
export function externalCluster(environment: NodeJS.ProcessEnv = process.env): Cluster | undefined {
  const kubeconfig = environment.PORTLOCK_E2E_KUBECONFIG;
  if (kubeconfig === undefined || kubeconfig === '') return undefined;
  if (!existsSync(kubeconfig)) {
    throw new ClusterError(`PORTLOCK_E2E_KUBECONFIG names ${kubeconfig}, which does not exist.`);
  }
  return {
    kubeconfig,
    network: 'external',
    nodes: [],
    auditLog: undefined,
    binaries: { kubectl: builtKubectl(environment) ?? ['kubectl'] },
  };
}

/** The kubectl of an earlier build, if there is one in the cache. */
function builtKubectl(environment: NodeJS.ProcessEnv): readonly string[] | undefined {
  const { builds } = directories(environment);
  const programs = globSync(join(builds, 'kubernetes-*/kube'));
  return programs[0] === undefined ? undefined : [programs[0], 'kubectl'];
}
