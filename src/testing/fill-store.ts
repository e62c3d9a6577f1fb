import type { Store } from '../kube/store.ts';

interface Named {
  namespace?: string;
  name: string;
  uid?: string;
}

/** Puts objects into a store, as a watch would have brought them. */
export function fillStore<T extends Named | { metadata: Named }, Index extends string>(
  store: Store<T, Index>,
  objects: readonly T[],
): void {
  for (const each of objects) {
    const { namespace, name, uid = name } = 'metadata' in each ? each.metadata : each;
    const key = namespace === undefined ? name : `${namespace}/${name}`;
    store.set({ key, uid, resourceVersion: '1' }, each, 'watch');
  }
}
