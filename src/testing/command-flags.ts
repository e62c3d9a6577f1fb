import type { EvidenceFlags } from '../commands/audit/gather-evidence.ts';
import type { ClusterFlags } from '../commands/cluster-access.ts';

/** Where a command is told nothing of a cluster. */
export const NO_CLUSTER: Omit<ClusterFlags, 'namespace'> = {
  kubeconfig: undefined,
  context: undefined,
  as: undefined,
};

/** Where an audit looks at objects alone. */
export const OBJECTS_ALONE: Omit<EvidenceFlags, 'quiet'> = {
  inside: false,
  probe: false,
  fromPod: undefined,
  image: 'portlock:test',
  ports: undefined,
  rate: 0,
};

/** Where the policies that are there are those of the manifests. */
export const NOT_LIVE = { ...NO_CLUSTER, live: false, allNamespaces: false } as const;

/** Where manifests are read as the operator would see them by its defaults. */
export const MANIFESTS = {
  namespace: 'default',
  operatorNamespace: 'portlock-system',
  widening: 'explicit',
  quiet: false,
} as const;
