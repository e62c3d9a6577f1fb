import type { LabelSelector, NetworkPolicy } from '../api/kubernetes.ts';
import { selectorMatches } from '../domain/match/label-selector.ts';
import { SelectorIndex } from '../domain/match/selector-index.ts';
import { withoutAddedLabels } from '../domain/preflight/controller-labels.ts';
import type { Service } from '../domain/preflight/usage.ts';
import {
  type Intermediate,
  isWorkload,
  type Pod,
  WORKLOAD_KINDS,
  type Workload,
} from '../domain/workload/workload.ts';
import type { Store } from '../kube/store.ts';
import { labelIn } from './kinds/indices.ts';
import type { KindCaches } from './kinds/kind-caches.ts';
import { workloadKey } from './workload-key.ts';

type Labels = Readonly<Record<string, string>>;
/** A cache whose objects are found by their labels. */
type Labelled<T> = Pick<Store<T, 'namespace' | 'label'>, 'get' | 'byIndex' | 'countByIndex'>;

/** Which workloads, pods and policies select which: what else a namespace holds costs nothing. */
export class Selections {
  readonly #caches: KindCaches;
  readonly #workloads: ReadonlyMap<Labelled<Workload | Intermediate>, SelectorIndex>;
  readonly #policies: SelectorIndex;
  readonly #services: SelectorIndex;

  /** @param caches with no listener yet: those that ask after a change have to find it here */
  constructor(caches: KindCaches) {
    this.#caches = caches;
    this.#workloads = new Map(
      WORKLOAD_KINDS.map((kind) => [
        caches.workloads[kind],
        indexOf(caches.workloads[kind], selectorOf),
      ]),
    );
    this.#policies = indexOf(caches.policies, ({ metadata, spec }) => [
      metadata.namespace ?? '',
      spec?.podSelector ?? {},
    ]);
    this.#services = indexOf(caches.usage.services, selectedByService);
  }

  /** The workloads of a namespace whose selector matches these labels. */
  workloadsSelecting(namespace: string, labels: Labels): Workload[] {
    const selecting = [...this.#workloads].flatMap(([cache, index]) =>
      found(cache, index.candidates(namespace, labels))
        .filter(isWorkload)
        .filter(({ selector }) => selectorMatches(selector, labels)),
    );
    return this.#withBorrowers(selecting);
  }

  /** The workloads of a namespace whose template makes pods that the selector matches. */
  workloadsUnder(namespace: string, selector: LabelSelector): Workload[] {
    const under = [...this.#workloads.keys()].flatMap((cache) =>
      candidatesOf(cache, namespace, selector)
        .filter(isWorkload)
        .filter(
          ({ template, templateOf }) => !templateOf && selectorMatches(selector, template.labels),
        ),
    );
    return this.#withBorrowers(under);
  }

  /** The Rollouts that have a workload's template. */
  borrowersOf(workload: Workload): Workload[] {
    const { Rollout } = this.#caches.workloads;
    return Rollout.byIndex('lender', workloadKey(workload)).filter(isWorkload);
  }

  /** They have the same pods' labels, and the same selector unless they say another. */
  #withBorrowers(workloads: readonly Workload[]): Workload[] {
    return [...new Set([...workloads, ...workloads.flatMap((each) => this.borrowersOf(each))])];
  }

  /** The pods of a namespace that the selector matches. */
  podsUnder(namespace: string, selector: LabelSelector): Pod[] {
    return candidatesOf(this.#caches.pods, namespace, selector).filter(({ labels }) =>
      selectorMatches(selector, labels),
    );
  }

  /** The policies of a namespace that may select pods with labels such as any of these. */
  policiesSelecting(namespace: string, pods: Iterable<Labels>): Set<NetworkPolicy> {
    return candidatesIn(this.#caches.policies, this.#policies, namespace, pods);
  }

  /** The Services of a namespace whose selector may match such labels, or these and what a controller adds. */
  servicesSelecting(namespace: string, pods: Iterable<Labels>): Set<Service> {
    return candidatesIn(this.#caches.usage.services, this.#services, namespace, pods);
  }
}

function candidatesIn<T>(
  cache: Pick<Store<T>, 'get'>,
  index: SelectorIndex,
  namespace: string,
  pods: Iterable<Labels>,
): Set<T> {
  const candidates = new Set<T>();
  for (const labels of pods)
    for (const each of found(cache, index.candidates(namespace, labels))) candidates.add(each);
  return candidates;
}

type Selected = [namespace: string, selector: LabelSelector];

/** An index of a cache's selectors that is kept like the cache. */
function indexOf<T extends object>(
  cache: Pick<Store<T>, 'addListener'>,
  selectedBy: (value: T) => Selected | undefined,
): SelectorIndex {
  const index = new SelectorIndex();
  cache.addListener(({ key, previous, current }) => {
    const [before, now] = [previous && selectedBy(previous), current && selectedBy(current)];
    if (before) index.remove(key, ...before);
    if (now) index.add(key, ...now);
  });
  return index;
}

/** Without a selector it leads to nothing but what EndpointSlices list. */
function selectedByService({ namespace, selector }: Service): Selected | undefined {
  if (Object.keys(selector).length === 0) return undefined;
  return [namespace, { matchLabels: withoutAddedLabels(selector) }];
}

function selectorOf(each: Workload | Intermediate): Selected | undefined {
  return isWorkload(each) ? [each.namespace, each.selector] : undefined;
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
