import { WORKLOAD_KINDS, type WorkloadKind } from '../domain/workload/workload.ts';

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
  const [kind = '', namespace = '', name = ''] = key.split('/');
  return { apiVersion: 'apps/v1', kind: kind as WorkloadKind, namespace, name };
}

/** The kind that a reference names; undefined where workloads of it cannot opt in. */
export function workloadKindOf(reference: {
  apiVersion: string;
  kind: string;
}): WorkloadKind | undefined {
  if (reference.apiVersion !== 'apps/v1') return undefined;
  return WORKLOAD_KINDS.find((kind) => kind === reference.kind);
}
