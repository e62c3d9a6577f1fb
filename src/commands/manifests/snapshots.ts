import type { LabelSelector, NetworkPolicy } from '../../api/kubernetes.ts';
import { PROBER_POD_LABELS } from '../../api/names.ts';
import type { Snapshot, Widening } from '../../domain/snapshot.ts';
import { selectorWithoutAdded } from '../../domain/workload/controller-labels.ts';
import { labelsByMesh } from '../../domain/workload/mesh-labels.ts';
import { NO_DEFAULTS } from '../../domain/workload/mode.ts';
import { policyName } from '../../domain/workload/object-names.ts';
import type { Namespace, Pod, Workload } from '../../domain/workload/workload.ts';
import { objectKey } from '../../kube/resource.ts';
import type { Found, ManifestCluster } from './cluster.ts';
import { ManifestPods, nameOf } from './pods.ts';
import { Selecting } from './selecting.ts';
import { UsageIndex } from './usage-index.ts';

/** What the operator would be told by its flags. */
export interface OperatorSettings {
  /** Where the operator runs, and so whom `allow-from: same-namespace` lets in beside the namespace. */
  namespace: string;
  widening: Widening;
  /** The time, in ms since 1970; 0 for manifests, of which the same is said on every day. */
  now: number;
}

/**
 * The snapshots of the workloads of manifests, as the operator would have them on the day on which all of that is
 * applied: nothing is in force yet, and nothing was probed. A policy that has the name of a workload's own is what
 * was rendered for it before, and counts among the policies in force alone.
 */
export class Snapshots {
  readonly #cluster: ManifestCluster;
  readonly #settings: OperatorSettings;
  readonly #pods: ManifestPods;
  readonly #usage: UsageIndex;
  readonly #policies = new Selecting<NetworkPolicy>();
  readonly #ownNames: ReadonlySet<string>;
  readonly #byName: ReadonlyMap<string, Found<NetworkPolicy>>;

  constructor(cluster: ManifestCluster, settings: OperatorSettings) {
    this.#cluster = cluster;
    this.#settings = settings;
    const workloads = cluster.workloads.map(({ value }) => value);
    this.#pods = new ManifestPods(cluster.pods, cluster.links, workloads);
    this.#usage = new UsageIndex(cluster.usage);
    for (const { value } of cluster.policies)
      this.#policies.add(
        value,
        value.metadata.namespace ?? '',
        // No template has what a controller adds to its pods.
        selectorWithoutAdded(value.spec.podSelector),
      );
    this.#ownNames = new Set(workloads.map(ownPolicyKey));
    this.#byName = new Map(
      cluster.policies.map((policy) => [policyKey(policy.value), policy] as const),
    );
  }

  /** Those of another cluster, as the same operator would have them. */
  over(cluster: ManifestCluster): Snapshots {
    return new Snapshots(cluster, this.#settings);
  }

  /** Whether it is still to come, or there. */
  get source(): ManifestCluster['source'] {
    return this.#cluster.source;
  }

  /** What is not known. */
  get gaps(): ManifestCluster['gaps'] {
    return this.#cluster.gaps;
  }

  /** The policy of the name that the workload's own has. */
  committed(workload: Workload): Found<NetworkPolicy> | undefined {
    return this.#byName.get(ownPolicyKey(workload));
  }

  /** The NetworkPolicy of that name. */
  policy(namespace: string, name: string): Found<NetworkPolicy> | undefined {
    return this.#byName.get(objectKey({ namespace, name }));
  }

  /** All policies that may select the workload's pods, those that were rendered before too. */
  policiesInForce({ pods }: Snapshot, { namespace, template }: Workload): NetworkPolicy[] {
    return this.#policies.candidates(
      namespace,
      [template, ...pods].map(({ labels }) => labels),
    );
  }

  /** The live pods that a selector matches, and that belong to none of the workloads. */
  podsOfNoWorkload(namespace: string, selector: LabelSelector): readonly Pod[] {
    return this.#pods.podsOfNoWorkload(namespace, selector);
  }

  snapshotOf(workload: Workload): Snapshot {
    const { namespace } = workload;
    const pods = this.#pods.podsOf(workload);
    const overlapping = this.#pods.overlapping(workload);
    const selected = this.#pods.podsSelectedBy(workload, overlapping);
    const addresses = selected.filter(({ hostNetwork }) => !hostNetwork).flatMap(({ ips }) => ips);
    const labels = [workload.template, ...pods, ...selected].map((each) => each.labels);
    const byMesh = labelsByMesh(workload, this.namespace(namespace)) ?? {};
    return {
      ...NOTHING_KNOWN,
      now: this.#settings.now,
      widening: this.#settings.widening,
      key: workload,
      namespace: this.namespace(namespace),
      workload,
      pods,
      selected,
      overlapping: overlapping.map(nameOf).sort(),
      usage: this.#usage.usageOf(namespace, { labels, addresses, workload }),
      policies: [
        ...new Set(this.#policies.candidates(namespace, [...labels, byMesh])).union(
          new Set(this.#policies.awaiting(workload)),
        ),
      ].filter((policy) => !this.#ownNames.has(policyKey(policy))),
      tieredPolicies: this.#cluster.tieredPolicies,
      pluginPolicies: this.#cluster.pluginPolicies,
      prober: proberIn(this.#settings.namespace),
    };
  }

  /** "The Kubernetes control plane sets an immutable label kubernetes.io/metadata.name on all namespaces." */
  namespace(name: string): Namespace {
    const found = this.#cluster.namespaces.get(name) ?? { name, labels: {}, annotations: {} };
    return { ...found, labels: { ...found.labels, 'kubernetes.io/metadata.name': name } };
  }
}

function ownPolicyKey(workload: Workload): string {
  return objectKey({ namespace: workload.namespace, name: policyName(workload) });
}

function policyKey({ metadata: { namespace = '', name } }: NetworkPolicy): string {
  return objectKey({ namespace, name });
}

/** Of what only a running operator knows. */
const NOTHING_KNOWN = {
  timing: { settle: 0, interval: 0, jitter: 0, brake: 0, preflight: 0 },
  role: { policy: true, probe: false, secondProbe: false, hasSecond: false },
  references: new Map(),
  absentNamespaces: [],
  watchedNamespaces: undefined,
  modeDefaults: NO_DEFAULTS,
  report: undefined,
  formerReports: [],
  evidence: undefined,
  calibrations: [{ state: 'Unknown' as const, message: '', between: undefined, since: 0 }],
  policyFailure: undefined,
  contest: undefined,
  waitingSince: undefined,
  untoldBrake: undefined,
  lastApplied: undefined,
};

function proberIn(namespace: string): Snapshot['prober'] {
  return {
    namespace,
    namespaceLabels: { 'kubernetes.io/metadata.name': namespace },
    pod: '',
    podUid: '',
    node: '',
    labels: PROBER_POD_LABELS,
    ips: [],
  };
}
