import type { LabelSelector, NetworkPolicy } from '../api/kubernetes.ts';
import { selectorMatches } from '../domain/match/label-selector.ts';
import type { Monitor, Service } from '../domain/preflight/usage.ts';
import { selectorWithoutAdded, withoutAddedLabels } from '../domain/workload/controller-labels.ts';
import {
  type Intermediate,
  isWorkload,
  type Pod,
  WORKLOAD_KINDS,
  type Workload,
} from '../domain/workload/workload.ts';
import type { Store } from '../kube/store.ts';
import { namespacesOfMonitor } from './kinds/concerned-namespaces.ts';
import { byNamespaces, EVERY_NAMESPACE, labelIn } from './kinds/indices.ts';
import type { KindCaches } from './kinds/kind-caches.ts';
import { type Labels, type Selected, SelectionIndex } from './selection-index.ts';
import { workloadKey } from './workload-key.ts';

/** A cache whose objects are found by their labels. */
type Labelled<T> = Pick<Store<T, 'namespace' | 'label'>, 'get' | 'byIndex' | 'countByIndex'>;

/** Which workloads, pods and policies select which: what else a namespace holds costs nothing. */
export class Selections {
  readonly #caches: KindCaches;
  readonly #workloads: readonly SelectionIndex<Workload | Intermediate>[];
  readonly #policies: SelectionIndex<NetworkPolicy>;
  readonly #services: SelectionIndex<Service>;
  readonly #ofServices: readonly SelectionIndex<Monitor>[];
  readonly #ofPods: readonly SelectionIndex<Monitor>[];

  /** @param caches with no listener yet: those that ask after a change have to find it here */
  constructor(caches: KindCaches) {
    this.#caches = caches;
    const { workloads, policies, usage } = caches;
    this.#workloads = WORKLOAD_KINDS.map(
      (kind) => new SelectionIndex(workloads[kind], selectedByWorkload),
    );
    this.#policies = new SelectionIndex(policies, selectedByPolicy);
    this.#services = new SelectionIndex(usage.services, selectedByService);
    this.#ofServices = [usage.serviceMonitors, usage.vmServiceScrapes].map(monitorIndex);
    this.#ofPods = [
      usage.podMonitors,
      usage.vmPodScrapes,
      usage.podMonitorings,
      usage.clusterPodMonitorings,
    ].map(monitorIndex);
  }

  /** The workloads of a namespace whose selector matches these labels. */
  workloadsSelecting(namespace: string, labels: Labels): Workload[] {
    const selecting = this.#workloads.flatMap((index) =>
      [...index.selecting(namespace, [labels])]
        .filter(isWorkload)
        .filter(({ selector }) => selectorMatches(selector, labels)),
    );
    return this.#withBorrowers(selecting);
  }

  /** The workloads of a namespace whose template makes pods that the selector matches. */
  workloadsUnder(namespace: string, selector: LabelSelector): Workload[] {
    const under = WORKLOAD_KINDS.flatMap((kind) =>
      candidatesOf<Workload | Intermediate>(this.#caches.workloads[kind], namespace, selector)
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
    return this.#policies.selecting(namespace, pods);
  }

  /** The policies that select pods of the workload once these have labels that a program may put on them, and some others. */
  policiesAwaiting(workload: Workload): Set<NetworkPolicy> {
    return this.#policies.awaiting(workload.namespace, workload);
  }

  /** The Services of a namespace whose selector may match such labels, or these and what a controller adds. */
  servicesSelecting(namespace: string, pods: Iterable<Labels>): Set<Service> {
    return this.#services.selecting(namespace, pods);
  }

  /** The Services that lead to pods of the workload once these have labels that a program may put on them, and some others. */
  servicesAwaiting(workload: Workload): Set<Service> {
    return this.#services.awaiting(workload.namespace, workload);
  }

  /** The monitors of any namespace that do so. */
  monitorsAwaiting(workload: Workload): Monitor[] {
    return this.#ofPods.flatMap((index) =>
      [workload.namespace, EVERY_NAMESPACE].flatMap((where) => [
        ...index.awaiting(where, workload),
      ]),
    );
  }

  /** The monitors of any namespace that may select Services with such labels in this one. */
  monitorsOfServices(namespace: string, services: readonly Labels[]): Monitor[] {
    return monitorsIn(this.#ofServices, namespace, services);
  }

  /** The same of pods with such labels, or with these and what a controller adds. */
  monitorsOfPods(namespace: string, pods: readonly Labels[]): Monitor[] {
    return monitorsIn(this.#ofPods, namespace, pods);
  }
}

function monitorsIn(
  indices: readonly SelectionIndex<Monitor>[],
  namespace: string,
  each: readonly Labels[],
): Monitor[] {
  return indices.flatMap((index) =>
    [namespace, EVERY_NAMESPACE].flatMap((where) => [...index.selecting(where, each)]),
  );
}

function monitorIndex(cache: Pick<Store<Monitor>, 'get' | 'addListener'>): SelectionIndex<Monitor> {
  return new SelectionIndex(cache, selectedByMonitor);
}

const namespacesSelected = byNamespaces(namespacesOfMonitor);

function selectedByMonitor(monitor: Monitor): Selected[] {
  const matchLabels = withoutAddedLabels(monitor.selector.matchLabels ?? {});
  return namespacesSelected(monitor).map((namespace) => [namespace, { matchLabels }]);
}

function selectedByPolicy({ metadata, spec }: NetworkPolicy): Selected[] {
  // No template has what a controller adds to its pods.
  return [[metadata.namespace ?? '', selectorWithoutAdded(spec?.podSelector ?? {})]];
}

/** Without a selector it leads to nothing but what EndpointSlices list. */
function selectedByService({ namespace, selector }: Service): Selected[] {
  if (Object.keys(selector).length === 0) return [];
  return [[namespace, { matchLabels: withoutAddedLabels(selector) }]];
}

function selectedByWorkload(each: Workload | Intermediate): Selected[] {
  return isWorkload(each) ? [[each.namespace, each.selector]] : [];
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
