import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { selectorMatches } from '../domain/label-selector.ts';
import { reportName } from '../domain/object-names.ts';
import { isManagedFor } from '../domain/ownership.ts';
import { hasOptedIn } from '../domain/settings.ts';
import type { SelectedPod } from '../domain/snapshot.ts';
import {
  type Namespace,
  type Pod,
  type ReplicaSet,
  WORKLOAD_KINDS,
  type Workload,
  type WorkloadKind,
} from '../domain/workload.ts';
import { type CachedView, Overlay } from '../kube/overlay.ts';
import { objectKey } from '../kube/resource.ts';
import { Store } from '../kube/store.ts';
import { PolicyCaches } from './policy-caches.ts';
import { UsageCaches } from './usage-caches.ts';
import { type WorkloadName, workloadKey } from './workload-key.ts';

/** What the operator knows of the cluster, as the reflectors keep it. */
export class Caches {
  /** All of them: a namespace may opt in for its workloads, and any may be under another's selector. */
  readonly workloads: Readonly<Record<WorkloadKind, Store<Workload, 'namespace'>>>;
  readonly replicaSets: Store<ReplicaSet, 'owner' | 'uid'>;
  readonly pods: Store<Pod, 'owner' | 'ip' | 'namespace'>;
  readonly usage: UsageCaches;
  readonly policies: Store<NetworkPolicy, 'namespace'>;
  readonly reports: Store<PortExposureReport, 'target'>;
  readonly policyKinds: PolicyCaches;
  readonly namespaces: Store<Namespace>;
  readonly writtenPolicies: WrittenObjects<NetworkPolicy>;
  readonly writtenReports: WrittenObjects<PortExposureReport>;

  /** @param onDefect called with what a listener throws */
  constructor(onDefect: (error: unknown) => void) {
    const workloads = () =>
      new Store<Workload, 'namespace'>({
        onDefect,
        indices: { namespace: ({ namespace }) => [namespace] },
      });
    this.workloads = {
      ...{ Deployment: workloads(), StatefulSet: workloads(), DaemonSet: workloads() },
    };
    this.namespaces = new Store({ onDefect });
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
    this.reports = new Store({ onDefect, indices: { target: (report) => [targetOf(report)] } });
    this.usage = new UsageCaches(onDefect);
    this.policyKinds = new PolicyCaches(onDefect);
    this.writtenPolicies = new WrittenObjects(this.policies);
    this.writtenReports = new WrittenObjects(this.reports);
  }

  workload({ kind, namespace, name }: Omit<WorkloadName, 'apiVersion'>): Workload | undefined {
    return this.workloads[kind].get(objectKey({ namespace, name }));
  }

  /** All workloads, or those of a namespace. */
  allWorkloads(namespace?: string): Workload[] {
    return WORKLOAD_KINDS.flatMap((kind) =>
      namespace === undefined
        ? this.workloads[kind].list()
        : this.workloads[kind].byIndex('namespace', namespace),
    );
  }

  /** The workloads that have opted in, or those of a namespace. */
  optedIn(namespace?: string): Workload[] {
    return this.allWorkloads(namespace).filter((workload) => this.hasOptedIn(workload));
  }

  hasOptedIn(workload: Workload): boolean {
    return hasOptedIn(workload, this.namespace(workload.namespace));
  }

  /** A namespace; one without labels where it is not known yet, or gone. */
  namespace(name: string): Namespace {
    return this.namespaces.get(name) ?? { name, labels: {}, annotations: {} };
  }

  /** The pods that the workload owns, itself or through its ReplicaSets. */
  podsOf(workload: Workload): Pod[] {
    return [workload, ...this.replicaSets.byIndex('owner', workload.uid)].flatMap(({ uid }) =>
      this.pods.byIndex('owner', uid),
    );
  }

  /** The live pods that the workload's selector matches, whoever owns them. */
  podsSelectedBy(workload: Workload): SelectedPod[] {
    return this.pods
      .byIndex('namespace', workload.namespace)
      .filter((pod) => pod.live && selectorMatches(workload.selector, pod.labels))
      .map((pod) => ({ ...pod, owner: this.#ownerOf(pod) }));
  }

  /** Other workloads of the namespace whose pods the workload's selector matches, as `Kind/name`, sorted. */
  overlapping(workload: Workload): string[] {
    return this.allWorkloads(workload.namespace)
      .filter(({ uid }) => uid !== workload.uid)
      .filter(({ template }) => selectorMatches(workload.selector, template.labels))
      .map(({ kind, name }) => `${kind}/${name}`)
      .sort();
  }

  /** `Kind/name` of the workload that a pod belongs to in the end. */
  #ownerOf({ name, ownerKind, ownerName, ownerUid }: Pod): string {
    if (ownerKind === undefined || ownerUid === undefined) return `Pod/${name}`;
    const [replicaSet] = this.replicaSets.byIndex('uid', ownerUid);
    return replicaSet?.ownerKind === undefined
      ? `${ownerKind}/${ownerName}`
      : `${replicaSet.ownerKind}/${replicaSet.ownerName}`;
  }

  /** The reports on a workload that are ours and have other names than its report has now. */
  formerReportsOn(workload: WorkloadName): PortExposureReport[] {
    const name = reportName(workload);
    return this.reports
      .byIndex('target', workloadKey(workload))
      .filter(({ metadata }) => metadata.name !== name && isManagedFor(metadata, workload));
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

/** The key of the workload that a report is about, of whatever kind. */
function targetOf({ metadata, spec }: PortExposureReport): string {
  return `${spec.targetRef.kind}/${metadata.namespace}/${spec.targetRef.name}`;
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
