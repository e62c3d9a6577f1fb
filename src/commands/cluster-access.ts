import { KubeClient } from '../kube/client.ts';
import { loadKubeConfig } from '../kube/kubeconfig.ts';

/** Which cluster, as kubectl's flags of the same names say it. */
export interface ClusterFlags {
  kubeconfig: string | undefined;
  context: string | undefined;
  /** The user to impersonate. */
  as: string | undefined;
  namespace: string | undefined;
}

/** A cluster to ask, by the user's own rights. */
export interface ClusterAccess {
  client: KubeClient;
  /** The one that the user named, else that of the context, else "default". */
  namespace: string;
  namespaceIsNamed: boolean;
}

/**
 * Finds the cluster as kubectl does, and the namespace too: `--namespace`, else the context's (in a
 * pod without a kubeconfig: its own), else "default". Nothing is asked of the cluster yet.
 * @throws KubeConfigError
 */
export function findCluster(flags: ClusterFlags): ClusterAccess {
  const kubeConfig = loadKubeConfig(flags);
  const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
  return {
    client: new KubeClient({ kubeConfig }),
    namespace: flags.namespace ?? (context?.namespace?.trim() || 'default'),
    namespaceIsNamed: flags.namespace !== undefined,
  };
}
