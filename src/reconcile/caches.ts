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
      Deployment: workloads(),
      StatefulSet: workloads(),
      DaemonSet: workloads(),
    };
    this.namespaces = new Store({ onDefect });
    this.replicaSets = new Store({
      onDefect,
      indices: {
        owner: (each) => ownerIn(each),
        uid: ({ namespace, uid }) => [uidIn(namespace, uid)],
      },
    });
    this.pods = new Store({
      onDefect,
      indices: {
        owner: (each) => ownerIn(each),
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

  /**
   * The pods that the workload owns, itself or through its ReplicaSets: in its namespace, by their
   * controller's reference, and under its selector. Whoever may create pods may write any reference,
   * so a uid says nothing outside of the namespace that it is from.
   */
  podsOf(workload: Workload): Pod[] {
    const { kind, namespace, selector, uid } = workload;
    const owners =
      kind === 'Deployment'
        ? this.replicaSets
            .byIndex('owner', uidIn(namespace, uid))
            .filter(({ labels }) => selectorMatches(selector, labels))
        : [workload];
    return owners
      .flatMap((owner) => this.pods.byIndex('owner', uidIn(namespace, owner.uid)))
      .filter(({ labels }) => selectorMatches(selector, labels));
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

  /** The ReplicaSet of that uid in a namespace. */
  replicaSet(namespace: string, uid: string): ReplicaSet | undefined {
    return this.replicaSets.byIndex('uid', uidIn(namespace, uid))[0];
  }

  /** `Kind/name` of the workload that a pod belongs to in the end. */
  #ownerOf({ namespace, name, ownerKind, ownerName, ownerUid }: Pod): string {
    if (ownerKind === undefined || ownerUid === undefined) return `Pod/${name}`;
    const replicaSet = this.replicaSet(namespace, ownerUid);
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

/** They come back by the watch within seconds. */
const REMEMBERED_WRITES = 1000;
/** The key of the workload that a report is about, of whatever kind. */
function targetOf({ metadata, spec }: PortExposureReport): string {
  return `${spec.targetRef.kind}/${metadata.namespace}/${spec.targetRef.name}`;
}

/** Reads of a cache that show our own writes before the watch brings them back. */
class WrittenObjects<
  T extends { metadata: { name: string; namespace?: string; resourceVersion?: string } },
> {
  readonly #overlay: Overlay<T>;
  /** The resourceVersions of our latest writes, in their order. */
  readonly #versions = new Set<string>();

  constructor(store: CachedView<T>) {
    this.#overlay = new Overlay(store);
  }

  get(name: { namespace: string; name: string }): T | undefined {
    return this.#overlay.get(objectKey(name));
  }

  wrote(object: T): void {
    const { metadata } = object;
    const { resourceVersion = '' } = metadata;
    this.#overlay.written(objectKey(metadata), object, resourceVersion);
    this.#versions.add(resourceVersion);
    const [oldest] = this.#versions;
    if (this.#versions.size > REMEMBERED_WRITES && oldest !== undefined)
      this.#versions.delete(oldest);
  }

  /** Whether an object is as we wrote it: what follows from that was decided with the write. */
  isOwn({ metadata: { resourceVersion } }: T): boolean {
    return resourceVersion !== undefined && this.#versions.has(resourceVersion);
  }

  deleted(name: { namespace: string; name: string }): void {
    this.#overlay.deleted(objectKey(name));
  }
}

/** Under what an object is found by its controller; nothing where it has none. */
function ownerIn({ namespace, ownerUid }: Pick<Pod, 'namespace' | 'ownerUid'>): string[] {
  return ownerUid === undefined ? [] : [uidIn(namespace, ownerUid)];
}

/** A uid as the objects of one namespace refer to it. */
function uidIn(namespace: string, uid: string): string {
  return `${namespace}/${uid}`;
}

function present(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
