/** The name of a workload in the queue: `Deployment/namespace/name`. */
export type WorkloadKey = string;

export interface WorkloadName {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
}

/** The queue key of a workload. Names cannot hold a slash. */
export function workloadKey({
  kind,
  namespace,
  name,
}: Omit<WorkloadName, 'apiVersion'>): WorkloadKey {
  return `${kind}/${namespace}/${name}`;
}

/** The workload that a queue key names. */
export function parseWorkloadKey(key: WorkloadKey): WorkloadName {
  const [kind = '', namespace = '', name = ''] = key.split('/');
  return { apiVersion: 'apps/v1', kind, namespace, name };
}
