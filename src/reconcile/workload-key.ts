import {
  isOfKind,
  WORKLOAD_API_VERSIONS,
  WORKLOAD_KINDS,
  type WorkloadKind,
} from '../domain/workload/workload.ts';

/** The name of a workload in the queue: `Deployment/namespace/name`. */
export type WorkloadKey = string;

export interface WorkloadName {
  apiVersion: string;
  kind: WorkloadKind;
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

/** The queue keys of workloads. */
export function keysOf(workloads: readonly Omit<WorkloadName, 'apiVersion'>[]): WorkloadKey[] {
  return workloads.map(workloadKey);
}

/** The workload that a queue key names. */
export function parseWorkloadKey(key: WorkloadKey): WorkloadName {
  const [written = '', namespace = '', name = ''] = key.split('/');
  const kind = written as WorkloadKind;
  return { apiVersion: WORKLOAD_API_VERSIONS[kind], kind, namespace, name };
}

/**
 * The key of the workload that a reference in a namespace names; none where workloads of its kind cannot opt in, nor
 * where no workload can have such a name. The API server takes any text there.
 */
export function keysReferredTo(
  reference: { apiVersion: string; kind: string; name: string },
  namespace: string,
): WorkloadKey[] {
  const { name } = reference;
  if (name.includes('/')) return [];
  return WORKLOAD_KINDS.filter((kind) => isOfKind(kind, reference)).map((kind) =>
    workloadKey({ kind, namespace, name }),
  );
}
