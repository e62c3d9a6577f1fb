import { MODE_LABEL } from '../../api/names.ts';
import { sameJson } from '../../domain/text/same-json.ts';
import {
  type Intermediate,
  isIntermediate,
  type Namespace,
  type Pod,
  type Workload,
} from '../../domain/workload/workload.ts';
import type { Change } from '../../kube/store.ts';
import type { Lookups } from '../lookups.ts';
import { keysOf, type WorkloadKey } from '../workload-key.ts';
import { atOnce, type Concerned, nobody } from './concern.ts';

/**
 * Itself, where it has opted in, or had; Rollouts that have its template; and those whose selector matches its pods. Of a
 * link, the workload that controls it.
 */
export function keysOfWorkload(object: Workload | Intermediate, caches: Lookups): WorkloadKey[] {
  if (isIntermediate(object)) {
    const controller = caches.controllerOf(object);
    return controller ? optedIn([controller], caches) : [];
  }
  const { namespace, template } = caches.withTemplate(object);
  const others = [
    ...caches.selections.borrowersOf(object),
    ...caches.selections.workloadsSelecting(namespace, template.labels),
  ].filter((each) => each.uid !== object.uid);
  return optedIn([object, ...new Set(others)], caches);
}

function optedIn(workloads: readonly Workload[], caches: Lookups): WorkloadKey[] {
  return keysOf(workloads.filter((each) => caches.hasOptedIn(each)));
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
