import type { Store } from '../kube/store.ts';

/** Puts objects into a store, as a watch would have brought them. */
export function fillStore<
  T extends { namespace?: string; name: string; uid?: string },
  Index extends string,
>(store: Store<T, Index>, objects: readonly T[]): void {
  for (const each of objects) {
    const { namespace, name, uid = name } = each;
    const key = namespace === undefined ? name : `${namespace}/${name}`;
    store.set({ key, uid, resourceVersion: '1' }, each, 'watch');
  }
}
