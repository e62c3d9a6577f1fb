import type { NetworkPolicy } from '../api/kubernetes.ts';
import { MANAGED_BY_LABEL, MANAGED_BY_VALUE } from '../api/names.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { canonicalJson } from '../domain/canonical.ts';
import { selectsPod } from '../domain/evaluate.ts';
import { controllerOf } from '../domain/ownership.ts';
import { policyName } from '../domain/policy.ts';
import type { Pod, ReplicaSet, Workload } from '../domain/workload.ts';
import type { Change } from '../kube/store.ts';
import type { Caches } from './caches.ts';
import { type WorkloadKey, workloadKey } from './workload-key.ts';

export type Enqueue = (key: WorkloadKey, priority: 'change' | 'resync') => void;

/**
 * Turns what changes in the cluster into the workloads that have to be looked at again, until the
 * returned function is called.
 */
export function enqueueChanges(caches: Caches, enqueue: Enqueue): () => void {
  const addAll = (change: Change<unknown>, keys: Iterable<WorkloadKey>) => {
    for (const key of keys) enqueue(key, change.source === 'watch' ? 'change' : 'resync');
  };
  // A status update changes nothing that is kept of an object: most events end here.
  const whenChanged =
    <T>(keysOf: (value: T) => Iterable<WorkloadKey>) =>
    (change: Change<T>) => {
      const { previous, current } = change;
      if (previous && current && canonicalJson(previous) === canonicalJson(current)) return;
      for (const value of [previous, current]) if (value) addAll(change, keysOf(value));
    };

  const stops = [
    caches.workloads.addListener(whenChanged((workload) => [workloadKey(workload)])),
    caches.replicaSets.addListener(whenChanged((each) => ownerOfReplicaSet(each, caches))),
    caches.pods.addListener(whenChanged((pod) => ownerOfPod(pod, caches))),
    caches.policies.addListener(whenChanged((policy) => keysOfPolicy(policy, caches))),
    caches.reports.addListener(whenChanged((report) => [keyOfReport(report)])),
    ...usageListeners(caches, whenChanged),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

type WhenChanged = <T>(keysOf: (value: T) => Iterable<WorkloadKey>) => (change: Change<T>) => void;

/** What is used of a namespace's pods concerns its workloads; what refers to other namespaces, all. */
function usageListeners({ usage, workloads }: Caches, whenChanged: WhenChanged): (() => void)[] {
  const inNamespace = ({ namespace }: { namespace: string }) =>
    workloads.byIndex('namespace', namespace).map(workloadKey);
  const everywhere = () => workloads.list().map(workloadKey);
  return [
    usage.services.addListener(whenChanged(inNamespace)),
    usage.endpointSlices.addListener(whenChanged(inNamespace)),
    usage.ingresses.addListener(whenChanged(inNamespace)),
    ...usage.routes.map((store) => store.addListener(whenChanged(everywhere))),
    usage.serviceMonitors.addListener(whenChanged(everywhere)),
    usage.podMonitors.addListener(whenChanged(everywhere)),
    usage.validatingWebhooks.addListener(whenChanged(everywhere)),
    usage.mutatingWebhooks.addListener(whenChanged(everywhere)),
    usage.apiServices.addListener(whenChanged(everywhere)),
    usage.definitions.addListener(
      whenChanged(({ service }) => (service === undefined ? [] : everywhere())),
    ),
  ];
}

/** Every workload that has opted in, and every one that has a policy or report of ours. */
export function allKeys(caches: Caches): Set<WorkloadKey> {
  return new Set([
    ...caches.workloads.list().map(workloadKey),
    ...caches.policies.list().flatMap(keysOfOwner),
    ...caches.reports.list().map(keyOfReport),
  ]);
}

function keyOfReport({ metadata, spec }: PortExposureReport): WorkloadKey {
  const { kind, name } = spec.targetRef;
  return workloadKey({ kind, namespace: metadata.namespace ?? '', name });
}

function keysOfOwner(policy: NetworkPolicy): WorkloadKey[] {
  if (policy.metadata.labels?.[MANAGED_BY_LABEL] !== MANAGED_BY_VALUE) return [];
  const owner = controllerOf(policy.metadata);
  if (owner?.kind !== 'Deployment') return [];
  return [
    workloadKey({ kind: owner.kind, namespace: policy.metadata.namespace ?? '', name: owner.name }),
  ];
}

function ownerOfReplicaSet(replicaSet: ReplicaSet, caches: Caches): WorkloadKey[] {
  const { namespace, ownerName, ownerUid } = replicaSet;
  if (ownerName === undefined) return [];
  const workload = caches.workloads.get(`${namespace}/${ownerName}`);
  return workload?.uid === ownerUid && workload ? [workloadKey(workload)] : [];
}

function ownerOfPod(pod: Pod, caches: Caches): WorkloadKey[] {
  if (pod.ownerUid === undefined) return [];
  return caches.replicaSets
    .byIndex('uid', pod.ownerUid)
    .flatMap((replicaSet) => ownerOfReplicaSet(replicaSet, caches));
}

/** The owner, where the policy is ours, and every workload that has its name or whose pods it selects. */
function keysOfPolicy(policy: NetworkPolicy, caches: Caches): Set<WorkloadKey> {
  const keys = new Set<WorkloadKey>(keysOfOwner(policy));
  for (const workload of caches.workloads.byIndex('namespace', policy.metadata.namespace ?? '')) {
    if (policy.metadata.name === policyName(workload.name) || selects(policy, workload, caches))
      keys.add(workloadKey(workload));
  }
  return keys;
}

function selects(policy: NetworkPolicy, workload: Workload, caches: Caches): boolean {
  if (selectsPod(policy, workload.template.labels)) return true;
  // Live pods may have labels that the template lacks: injected ones, or those of an older template.
  return caches.podsOf(workload).some((pod) => selectsPod(policy, pod.labels));
}
