import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import type { PluginPolicy } from '../domain/evaluate/plugins/plugin-policy.ts';
import type { TieredPolicy } from '../domain/evaluate/tiered-policy.ts';
import { selectorMatches } from '../domain/match/label-selector.ts';
import type { ClusterUsage, EndpointSlice, Ingress, Service } from '../domain/preflight/usage.ts';
import type { SelectedPod } from '../domain/snapshot.ts';
import { hasOptedIn, type ModeDefaults } from '../domain/workload/mode.ts';
import { policyName, reportName } from '../domain/workload/object-names.ts';
import { isManagedFor } from '../domain/workload/ownership.ts';
import { sharesTemplate, withTemplate } from '../domain/workload/rollout.ts';
import {
  type Intermediate,
  isIntermediate,
  isWorkload,
  type Namespace,
  type Pod,
  WORKLOAD_KINDS,
  type Workload,
  type WorkloadKind,
} from '../domain/workload/workload.ts';
import { objectKey } from '../kube/resource.ts';
import { aboutNamespace, usageOf } from './cluster-usage.ts';
import { uidIn } from './kinds/indices.ts';
import type { KindCaches } from './kinds/kind-caches.ts';
import { Selections } from './selections.ts';
import { type WorkloadName, workloadKey } from './workload-key.ts';
import { WrittenObjects } from './written-objects.ts';

/** What stands between the workloads of a kind and their pods. */
const LINKS: Partial<Record<WorkloadKind, 'ReplicaSet' | 'Job'>> = {
  Deployment: 'ReplicaSet',
  Rollout: 'ReplicaSet',
  CronJob: 'Job',
};

/** What is looked up in several caches, or beside one of them. */
export class Lookups {
  readonly #caches: KindCaches;
  /** What counts where nobody set the label. */
  readonly modeDefaults: ModeDefaults;
  readonly selections: Selections;
  readonly writtenPolicies: WrittenObjects<NetworkPolicy>;
  readonly writtenReports: WrittenObjects<PortExposureReport>;

  constructor(caches: KindCaches, modeDefaults: ModeDefaults) {
    this.#caches = caches;
    this.modeDefaults = modeDefaults;
    this.selections = new Selections(caches);
    this.writtenPolicies = new WrittenObjects(caches.policies);
    this.writtenReports = new WrittenObjects(caches.reports);
  }

  /** The workload of that name; none where that is the link to another one. */
  workload({ kind, namespace, name }: Omit<WorkloadName, 'apiVersion'>): Workload | undefined {
    const object = this.#caches.workloads[kind].get(objectKey({ namespace, name }));
    return object && isWorkload(object) ? this.withTemplate(object) : undefined;
  }

  /** The workload with the template that it refers to, where it does and that is there. */
  withTemplate(workload: Workload): Workload {
    return withTemplate(workload, ({ kind, ...name }) => {
      const lender = WORKLOAD_KINDS.find((each) => each === kind);
      const object = lender && this.#caches.workloads[lender].get(objectKey(name));
      return object && isWorkload(object) ? object : undefined;
    });
  }

  /** All workloads, or those of a namespace. */
  allWorkloads(namespace?: string): Workload[] {
    return WORKLOAD_KINDS.flatMap((kind) =>
      namespace === undefined
        ? this.#caches.workloads[kind].list()
        : this.#caches.workloads[kind].byIndex('namespace', namespace),
    ).filter(isWorkload);
  }

  /** The workloads that have opted in, or those of a namespace. */
  optedIn(namespace?: string): Workload[] {
    return this.allWorkloads(namespace).filter((workload) => this.hasOptedIn(workload));
  }

  hasOptedIn(workload: Workload): boolean {
    return hasOptedIn(workload, this.namespace(workload.namespace), this.modeDefaults);
  }

  /** A namespace; one without labels where it is not known yet, or gone. */
  namespace(name: string): Namespace {
    return this.#caches.namespaces.get(name) ?? { name, labels: {}, annotations: {} };
  }

  /**
   * The pods that the workload owns, itself or through its ReplicaSets or Jobs: in its namespace, by their
   * controller's reference, and under its selector. Whoever may create pods may write any reference,
   * so a uid says nothing outside of the namespace that it is from.
   */
  podsOf(workload: Workload): Pod[] {
    const { namespace, selector } = workload;
    return this.#podControllers(workload)
      .flatMap(({ uid }) => this.#caches.pods.byIndex('owner', uidIn(namespace, uid)))
      .filter(({ labels }) => selectorMatches(selector, labels));
  }

  /** What controls the workload's pods: its ReplicaSets or Jobs, or itself. */
  #podControllers(workload: Workload): { uid: string }[] {
    const { kind, namespace, selector, uid } = workload;
    const links = LINKS[kind];
    if (links === undefined) return [workload];
    return this.#caches.workloads[links]
      .byIndex('owner', uidIn(namespace, uid))
      .filter(isIntermediate)
      .filter(({ labels }) => links === 'Job' || selectorMatches(selector, labels));
  }

  /** The live pods that the workload's selector matches, whoever owns them. */
  podsSelectedBy({ namespace, selector }: Workload): SelectedPod[] {
    return this.selections
      .podsUnder(namespace, selector)
      .filter(({ live }) => live)
      .map((pod) => ({ ...pod, owner: this.#ownerOf(pod) }));
  }

  /**
   * Other workloads of the namespace whose pods the workload's selector matches, as `Kind/name`, sorted; not a Rollout and
   * the workload whose template it has.
   */
  overlapping(workload: Workload): string[] {
    return this.selections
      .workloadsUnder(workload.namespace, workload.selector)
      .filter((each) => !sharesTemplate(each, workload))
      .map(({ kind, name }) => `${kind}/${name}`)
      .sort();
  }

  /** The workloads whose policy has that name, whoever made it. */
  workloadsWithPolicy(policy: { namespace: string; name: string }): Workload[] {
    return this.#byIndex('policy', objectKey(policy));
  }

  /** The workloads that have opted in and let a namespace in by name. */
  workloadsLettingIn(namespace: string): Workload[] {
    return this.#byIndex('letsIn', namespace).filter((workload) => this.hasOptedIn(workload));
  }

  /** The workload that controls a pod, itself or through a ReplicaSet or Job. */
  workloadOf(pod: Pod): Workload | undefined {
    const { namespace, ownerUid } = pod;
    return this.controllerOf((ownerUid && this.link(namespace, ownerUid)) || pod);
  }

  /** The workload that controls an object; none where its kind cannot opt in, or it is not there. */
  controllerOf({ namespace, ownerUid }: Pick<Pod, 'namespace' | 'ownerUid'>): Workload | undefined {
    return ownerUid === undefined ? undefined : this.#byIndex('uid', uidIn(namespace, ownerUid))[0];
  }

  /** The ReplicaSet or Job of that uid in a namespace that belongs to another workload. */
  link(namespace: string, uid: string): Intermediate | undefined {
    const [ReplicaSet, Job] = [this.#caches.workloads.ReplicaSet, this.#caches.workloads.Job];
    return [ReplicaSet, Job]
      .flatMap((cache) => cache.byIndex('uid', uidIn(namespace, uid)))
      .find(isIntermediate);
  }

  #byIndex(index: 'policy' | 'letsIn' | 'uid', value: string): Workload[] {
    return WORKLOAD_KINDS.flatMap((kind) =>
      this.#caches.workloads[kind].byIndex(index, value),
    ).filter(isWorkload);
  }

  /** `Kind/name` of the workload that a pod belongs to in the end. */
  #ownerOf({ namespace, name, ownerKind, ownerName, ownerUid }: Pod): string {
    if (ownerKind === undefined || ownerUid === undefined) return `Pod/${name}`;
    const link = this.link(namespace, ownerUid);
    return link ? `${link.ownerKind}/${link.ownerName}` : `${ownerKind}/${ownerName}`;
  }

  /** The reports on a workload that are ours and have other names than its report has now. */
  formerReportsOn(workload: WorkloadName): PortExposureReport[] {
    const name = reportName(workload);
    return this.#caches.reports
      .byIndex('target', workloadKey(workload))
      .filter(({ metadata }) => metadata.name !== name && isManagedFor(metadata, workload));
  }

  /**
   * The policies that have a say about a workload: its own, under whatever name, those that may select
   * any of the pods, and those that may once pods of the workload have more labels. Our own writes are there at once.
   */
  policiesAbout(
    name: WorkloadName,
    pods: Iterable<Readonly<Record<string, string>>>,
    workload?: Workload,
  ): NetworkPolicy[] {
    const { namespace } = name;
    const ownName = policyName(name);
    const own = this.writtenPolicies.get({ namespace, name: ownName });
    const others = new Set([
      ...this.#caches.policies.byIndex('workload', workloadKey(name)),
      ...this.selections.policiesSelecting(namespace, pods),
      ...(workload ? this.selections.policiesAwaiting(workload) : []),
    ]);
    return [
      ...[...others].filter(({ metadata }) => metadata.name !== ownName),
      ...(own ? [own] : []),
    ];
  }

  /**
   * What may concern pods of a namespace.
   *
   * @param pods those that are there
   * @param labels theirs, and those of pods to come
   * @param workload whose they are
   */
  usageOf(
    namespace: string,
    pods: readonly Pod[],
    labels: readonly Pod['labels'][],
    workload?: Workload,
  ): ClusterUsage {
    const addresses = pods.filter(({ hostNetwork }) => !hostNetwork).flatMap(({ ips }) => ips);
    return usageOf(this.#caches, this.selections, { namespace, labels, addresses, workload });
  }

  service(name: { namespace: string; name: string }): Service | undefined {
    return this.#caches.usage.services.get(objectKey(name));
  }

  /** The EndpointSlices of a Service that list addresses of which its selector does not tell. */
  slicesOf({ namespace, name }: Service): EndpointSlice[] {
    return this.#caches.usage.endpointSlices.byIndex('service', objectKey({ namespace, name }));
  }

  /** The Ingresses that are reached at one of these addresses. */
  ingressesAt(addresses: readonly string[]): Ingress[] {
    const { ingresses } = this.#caches.usage;
    return addresses.flatMap((address) => ingresses.byIndex('address', address));
  }

  /** The pods on the pod network at these addresses. */
  podsAt(addresses: readonly string[]): Pod[] {
    return addresses
      .flatMap((address) => this.#caches.pods.byIndex('ip', address))
      .filter(({ hostNetwork }) => !hostNetwork);
  }

  tieredPolicies(): TieredPolicy[] {
    return Object.values(this.#caches.tiered).flatMap((cache) => cache.list());
  }

  /** Those of the cluster, and those of a namespace. */
  pluginPolicies(namespace: string): PluginPolicy[] {
    return Object.values(this.#caches.plugins).flatMap((cache) => aboutNamespace(cache, namespace));
  }
}
