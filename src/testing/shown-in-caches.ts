import { projectPolicy } from '../kube/projections.ts';
import { projectReport } from '../kube/report-projection.ts';
import { objectKey } from '../kube/resource.ts';
import type { Store } from '../kube/store.ts';
import type { Caches } from '../reconcile/caches.ts';
import type { KeptObject, KeptObjects } from './kept-objects.ts';

/** Brings policies and reports into the caches, as the watches would have done by now. */
export function showIn(caches: Caches, kept: KeptObjects): void {
  show(caches.policies, kept.all('networkpolicies'), projectPolicy);
  show(caches.reports, kept.all('portexposurereports'), projectReport);
  for (const store of [caches.policies, caches.reports]) store.observe(kept.version);
}

function show<T, Index extends string>(
  store: Store<T, Index>,
  objects: readonly KeptObject[],
  project: (object: KeptObject) => T,
): void {
  const keys = new Set(objects.map(({ metadata }) => objectKey(metadata)));
  for (const key of [...store.keys()]) if (!keys.has(key)) store.delete(key, 'watch');
  for (const object of objects) {
    const { uid = '', resourceVersion = '' } = object.metadata;
    store.set({ key: objectKey(object.metadata), uid, resourceVersion }, project(object), 'watch');
  }
}
