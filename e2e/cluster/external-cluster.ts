import { existsSync } from 'node:fs';

import type { Cluster } from './cluster.ts';
import { ClusterError } from './cluster-error.ts';

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
    binaries: { kubectl: ['kubectl'] },
  };
}
