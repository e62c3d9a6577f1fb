import type { LabelSelector } from '../api/kubernetes.ts';
import { SelectorIndex } from '../domain/match/selector-index.ts';
import type { Workload } from '../domain/workload/workload.ts';
import type { Store } from '../kube/store.ts';

export type Labels = Readonly<Record<string, string>>;

/** A namespace in which something selects, and by what. */
export type Selected = [namespace: string, selector: LabelSelector];

/** Finds the objects of a cache that may select given labels; it is kept like the cache. */
export class SelectionIndex<T> {
  readonly #cache: Pick<Store<T>, 'get'>;
  readonly #index = new SelectorIndex();

  /** @param cache with no listener yet: those that ask after a change have to find it here */
  constructor(
    cache: Pick<Store<T>, 'get' | 'addListener'>,
    selectedBy: (value: T) => readonly Selected[],
  ) {
    this.#cache = cache;
    cache.addListener(({ key, previous, current }) => {
      if (previous !== undefined)
        for (const before of selectedBy(previous)) this.#index.remove(key, ...before);
      if (current !== undefined)
        for (const now of selectedBy(current)) this.#index.add(key, ...now);
    });
  }

  /** Those whose selector leads to pods of such a workload only once these have more labels, and some that never do. */
  awaiting(namespace: string, { selector, template }: Workload): Set<T> {
    const asked = selector.matchLabels ?? {};
    const keys = [...this.#index.beyond(namespace, asked, template.labels)];
    return new Set(keys.flatMap((key) => this.#cache.get(key) ?? []));
  }

  /** Those that select in the namespace any of these labels, and some that do not. */
  selecting(namespace: string, each: Iterable<Labels>): Set<T> {
    const candidates = new Set<T>();
    for (const labels of each)
      for (const key of this.#index.candidates(namespace, labels)) {
        const value = this.#cache.get(key);
        if (value !== undefined) candidates.add(value);
      }
    return candidates;
  }
}
