import { MODE_LABEL } from '../../api/names.ts';
import type { EndpointSlice } from '../../domain/preflight/usage.ts';
import { sameJson } from '../../domain/text/same-json.ts';
import type { Namespace, Pod, ReplicaSet, Workload } from '../../domain/workload/workload.ts';
import type { Change } from '../../kube/store.ts';
import type { Lookups } from '../lookups.ts';
import { keysOf, type WorkloadKey, workloadKey } from '../workload-key.ts';
import {
  atOnce,
  type Concern,
  type Concerned,
  nobody,
  whenChanged,
  whenGathered,
} from './concern.ts';

/** Itself, where it has opted in, or had; and those whose selector matches its pods. */
export function keysOfWorkload(workload: Workload, caches: Lookups): WorkloadKey[] {
  const { namespace, template } = workload;
  const others = caches.selections
    .workloadsSelecting(namespace, template.labels)
    .filter((each) => each.uid !== workload.uid && caches.hasOptedIn(each));
  return keysOf(caches.hasOptedIn(workload) ? [workload, ...others] : others);
}

/** The Deployment that controls a ReplicaSet. */
export function keysOfReplicaSet(replicaSet: ReplicaSet, caches: Lookups): WorkloadKey[] {
  const { namespace, ownerName = '', ownerUid } = replicaSet;
  const workload = caches.workload({ kind: 'Deployment', namespace, name: ownerName });
  return workload?.uid === ownerUid && workload && caches.hasOptedIn(workload)
    ? [workloadKey(workload)]
    : [];
}

/** Those whose selector matches it; its owner's does, unless somebody took the pod away by a label. */
export function keysOfPod(pod: Pod, caches: Lookups): Set<WorkloadKey> {
  const selecting = caches.selections.workloadsSelecting(pod.namespace, pod.labels);
  const owner = caches.workloadOf(pod);
  const concerned = owner ? [...selecting, owner] : selecting;
  return new Set(keysOf(concerned.filter((workload) => caches.hasOptedIn(workload))));
}

/**
 * Another label of the mode concerns all workloads of a namespace; any other change, those that have opted in.
 * Whether it is there concerns those elsewhere that let it in, too.
 */
export function concernedByNamespace(change: Change<Namespace>, caches: Lookups): Concerned {
  const { previous, current } = change;
  const { name } = current ?? previous;
  if (previous && current && sameJson(previous, current)) return nobody();
  const isSameMode = previous?.labels[MODE_LABEL] === current?.labels[MODE_LABEL];
  const own = isSameMode ? caches.optedIn(name) : caches.allWorkloads(name);
  const elsewhere = previous && current ? [] : caches.workloadsLettingIn(name);
  return atOnce(new Set(keysOf([...own, ...elsewhere])));
}

/** Those of its namespace. */
export function keysInNamespace(
  { namespace }: { namespace: string },
  caches: Lookups,
): WorkloadKey[] {
  return keysOf(caches.optedIn(namespace));
}

/** Those of its namespace at once; those of other namespaces whose pods it lists are gathered, as with all that others make. */
export const concernedBySlice: Concern<EndpointSlice> = (change, caches) => {
  const namespacesListed = ({ addresses, namespace }: EndpointSlice) =>
    caches.namespacesAt(addresses).filter((each) => each !== namespace);
  return {
    keys: whenChanged(keysInNamespace)(change, caches).keys,
    gathered: whenGathered(namespacesListed)(change, caches).gathered,
  };
};
