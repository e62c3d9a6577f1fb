import type { LabelSelector, NetworkPolicy } from '../api/kubernetes.ts';
import { selectorMatches } from '../domain/match/label-selector.ts';
import { SelectorIndex } from '../domain/match/selector-index.ts';
import { type Pod, WORKLOAD_KINDS, type Workload } from '../domain/workload/workload.ts';
import type { Store } from '../kube/store.ts';
import { labelIn } from './kinds/indices.ts';
import type { KindCaches } from './kinds/kind-caches.ts';

type Labels = Readonly<Record<string, string>>;
/** A cache whose objects are found by their labels. */
type Labelled<T> = Pick<Store<T, 'namespace' | 'label'>, 'get' | 'byIndex' | 'countByIndex'>;

/** Which workloads, pods and policies select which: what else a namespace holds costs nothing. */
export class Selections {
  readonly #caches: KindCaches;
  readonly #workloads: ReadonlyMap<Labelled<Workload>, SelectorIndex>;
  readonly #policies: SelectorIndex;

  /** @param caches with no listener yet: those that ask after a change have to find it here */
  constructor(caches: KindCaches) {
    this.#caches = caches;
    this.#workloads = new Map(
      WORKLOAD_KINDS.map((kind) => [
        caches.workloads[kind],
        indexOf(caches.workloads[kind], ({ namespace, selector }) => [namespace, selector]),
      ]),
    );
    this.#policies = indexOf(caches.policies, ({ metadata, spec }) => [
      metadata.namespace ?? '',
      spec?.podSelector ?? {},
    ]);
  }

  /** The workloads of a namespace whose selector matches these labels. */
  workloadsSelecting(namespace: string, labels: Labels): Workload[] {
    return [...this.#workloads].flatMap(([cache, index]) =>
      found(cache, index.candidates(namespace, labels)).filter(({ selector }) =>
        selectorMatches(selector, labels),
      ),
    );
  }

  /** The workloads of a namespace whose template makes pods that the selector matches. */
  workloadsUnder(namespace: string, selector: LabelSelector): Workload[] {
    return [...this.#workloads.keys()].flatMap((cache) =>
      candidatesOf(cache, namespace, selector).filter(({ template }) =>
        selectorMatches(selector, template.labels),
      ),
    );
  }

  /** The pods of a namespace that the selector matches. */
  podsUnder(namespace: string, selector: LabelSelector): Pod[] {
    return candidatesOf(this.#caches.pods, namespace, selector).filter(({ labels }) =>
      selectorMatches(selector, labels),
    );
  }

  /** The policies of a namespace that may select pods with labels such as any of these. */
  policiesSelecting(namespace: string, pods: Iterable<Labels>): Set<NetworkPolicy> {
    const policies = new Set<NetworkPolicy>();
    for (const labels of pods)
      for (const policy of found(
        this.#caches.policies,
        this.#policies.candidates(namespace, labels),
      ))
        policies.add(policy);
    return policies;
  }
}

/** An index of a cache's selectors that is kept like the cache. */
function indexOf<T extends object>(
  cache: Pick<Store<T>, 'addListener'>,
  selectorOf: (value: T) => [namespace: string, selector: LabelSelector],
): SelectorIndex {
  const index = new SelectorIndex();
  cache.addListener(({ key, previous, current }) => {
    if (previous) index.remove(key, ...selectorOf(previous));
    if (current) index.add(key, ...selectorOf(current));
  });
  return index;
}

function found<T>(cache: Pick<Store<T>, 'get'>, keys: Iterable<string>): T[] {
  const values: T[] = [];
  for (const key of keys) {
    const value = cache.get(key);
    if (value !== undefined) values.push(value);
  }
  return values;
}

/** The objects that have the rarest of the labels that a selector asks for; all where it asks for none. */
function candidatesOf<T>(
  cache: Labelled<T>,
  namespace: string,
  { matchLabels = {} }: LabelSelector,
): T[] {
  const asked = Object.entries(matchLabels)
    .map((label) => labelIn(namespace, label))
    .map((value) => ({ value, count: cache.countByIndex('label', value) }))
    .sort((a, b) => a.count - b.count);
  const [rarest] = asked;
  return rarest ? cache.byIndex('label', rarest.value) : cache.byIndex('namespace', namespace);
}
