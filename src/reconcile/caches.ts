import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { selectorMatches } from '../domain/label-selector.ts';
import type { Namespace, Pod, ReplicaSet, Workload } from '../domain/workload.ts';
import { type CachedView, Overlay } from '../kube/overlay.ts';
import { objectKey } from '../kube/resource.ts';
import { Store } from '../kube/store.ts';
import { UsageCaches } from './usage-caches.ts';

/** What the operator knows of the cluster, as the reflectors keep it. */
export class Caches {
  /** Deployments with an opt-in label, whatever its value. */
  readonly workloads: Store<Workload, 'namespace'>;
  readonly replicaSets: Store<ReplicaSet, 'owner' | 'uid'>;
  readonly pods: Store<Pod, 'owner' | 'ip' | 'namespace'>;
  readonly usage: UsageCaches;
  readonly policies: Store<NetworkPolicy, 'namespace'>;
  readonly reports: Store<PortExposureReport>;
  readonly namespaces = new Map<string, Namespace>();
  readonly writtenPolicies: WrittenObjects<NetworkPolicy>;
  readonly writtenReports: WrittenObjects<PortExposureReport>;

  /** @param onDefect called with what a listener throws */
  constructor(onDefect: (error: unknown) => void) {
    this.workloads = new Store({
      onDefect,
      indices: { namespace: ({ namespace }) => [namespace] },
    });
    this.replicaSets = new Store({
      onDefect,
      indices: { owner: ({ ownerUid }) => present(ownerUid), uid: ({ uid }) => [uid] },
    });
    this.pods = new Store({
      onDefect,
      indices: {
        owner: ({ ownerUid }) => present(ownerUid),
        ip: ({ ips }) => ips,
        namespace: ({ namespace }) => [namespace],
      },
    });
    this.policies = new Store({
      onDefect,
      indices: { namespace: ({ metadata }) => present(metadata.namespace) },
    });
    this.reports = new Store({ onDefect });
    this.usage = new UsageCaches(onDefect);
    this.writtenPolicies = new WrittenObjects(this.policies);
    this.writtenReports = new WrittenObjects(this.reports);
  }

  /** The pods that the workload owns, through its ReplicaSets. */
  podsOf(workload: Workload): Pod[] {
    return this.replicaSets
      .byIndex('owner', workload.uid)
      .flatMap((replicaSet) => this.pods.byIndex('owner', replicaSet.uid));
  }

  /** The live pods that the workload's selector matches, whoever owns them. */
  podsSelectedBy(workload: Workload): Pod[] {
    return this.pods
      .byIndex('namespace', workload.namespace)
      .filter((pod) => pod.live && selectorMatches(workload.selector, pod.labels));
  }

  /** All policies of a namespace; our own writes are there at once. */
  policiesOf(namespace: string, ownName: string): NetworkPolicy[] {
    const own = this.writtenPolicies.get({ namespace, name: ownName });
    const others = this.policies
      .byIndex('namespace', namespace)
      .filter((policy) => policy.metadata.name !== ownName);
    return own ? [...others, own] : others;
  }
}

/** Reads of a cache that show our own writes before the watch brings them back. */
class WrittenObjects<
  T extends { metadata: { name: string; namespace?: string; resourceVersion?: string } },
> {
  readonly #overlay: Overlay<T>;

  constructor(store: CachedView<T>) {
    this.#overlay = new Overlay(store);
  }

  get(name: { namespace: string; name: string }): T | undefined {
    return this.#overlay.get(objectKey(name));
  }

  wrote(object: T): void {
    const { metadata } = object;
    this.#overlay.written(objectKey(metadata), object, metadata.resourceVersion ?? '');
  }

  deleted(name: { namespace: string; name: string }): void {
    this.#overlay.deleted(objectKey(name));
  }
}

function present(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
