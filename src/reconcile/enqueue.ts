import type { Caches } from './caches.ts';
import { GatheredChanges } from './gathered-changes.ts';
import { keysOfOwner, keysOfReport } from './kinds/concerned-by-writes.ts';
import { everyCache } from './kinds/kind-caches.ts';
import { keysOf, type WorkloadKey } from './workload-key.ts';

export type Enqueue = (key: WorkloadKey, priority: 'change' | 'resync') => void;

/**
 * Turns what changes in the cluster into the workloads that have to be looked at again, until the
 * returned function is called. Workloads that have not opted in are nobody's business, unless they
 * are under the selector of one that has.
 */
export function enqueueChanges(caches: Caches, enqueue: Enqueue): () => void {
  const gathered = new GatheredChanges({
    onGathered: (namespaces) => {
      const workloads =
        namespaces === 'all'
          ? caches.optedIn()
          : [...namespaces].flatMap((namespace) => caches.optedIn(namespace));
      for (const key of keysOf(workloads)) enqueue(key, 'resync');
    },
  });
  const stops = everyCache(caches).map((cache) =>
    cache.onConcern(caches, (concerned, source) => {
      for (const key of concerned.keys) enqueue(key, source === 'watch' ? 'change' : 'resync');
      gathered.add(concerned.gathered);
    }),
  );
  return () => {
    gathered.stop();
    for (const stop of stops) stop();
  };
}

/** Every workload that has opted in, and every one that has a policy or report of ours. */
export function allKeys(caches: Caches): Set<WorkloadKey> {
  return new Set([
    ...keysOf(caches.optedIn()),
    ...caches.policies.list().flatMap(keysOfOwner),
    ...caches.reports.list().flatMap(keysOfReport),
  ]);
}
