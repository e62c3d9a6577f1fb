import type { LabelSelector } from '../../api/kubernetes.ts';
import { selectorMatches } from '../../domain/match/label-selector.ts';
import { LabelIndex } from '../../domain/preflight/label-index.ts';
import type { SelectedPod } from '../../domain/snapshot.ts';
import { sharesTemplate } from '../../domain/workload/rollout.ts';
import type { Intermediate, Pod, Workload } from '../../domain/workload/workload.ts';

/** The pods of manifests: those that are among them, as in a dump of a cluster, and those that workloads would make. */
export class ManifestPods {
  readonly #pods: ReadonlyMap<string, LabelIndex<SelectedPod>>;
  readonly #links: ReadonlyMap<string, Intermediate>;
  readonly #workloads: ReadonlyMap<string, LabelIndex<Workload>>;
  /** `namespace/Kind/name` of each workload. */
  readonly #owners: ReadonlySet<string>;

  constructor(
    pods: readonly Pod[],
    links: readonly Intermediate[],
    workloads: readonly Workload[],
  ) {
    this.#links = new Map(links.map((each) => [inNamespace(each.namespace, each.uid), each]));
    // What is written by hand has no uid, and pods are told apart by it.
    const owned = pods.map((pod) => ({
      ...pod,
      uid: pod.uid || `of ${pod.name}`,
      owner: this.#ownerOf(pod),
    }));
    this.#pods = byNamespace(owned, ({ labels }) => labels);
    this.#owners = new Set(workloads.map((each) => inNamespace(each.namespace, nameOf(each))));
    this.#workloads = byNamespace(workloads, ({ template }) => template.labels);
  }

  /** The pods that the workload owns, itself or through its ReplicaSets or Jobs. */
  podsOf(workload: Workload): SelectedPod[] {
    if (workload.uid === '') return [];
    return this.#under(workload).filter((pod) => this.#controllerUid(pod) === workload.uid);
  }

  /** All live pods that the selector matches; of the overlapping workloads that have none yet, those that they would make. */
  podsSelectedBy(workload: Workload, overlapping = this.overlapping(workload)): SelectedPod[] {
    const live = this.#under(workload).filter((pod) => pod.live);
    const owners = new Set(live.map(({ owner }) => owner));
    const toCome = overlapping.filter((each) => !owners.has(nameOf(each)));
    return [...live, ...toCome.map(podToCome)];
  }

  /** The live pods on the pod network that a selector matches, and that belong to none of the workloads. */
  podsOfNoWorkload(namespace: string, selector: LabelSelector): SelectedPod[] {
    const found = this.#pods.get(namespace)?.matching(selector) ?? [];
    return found.filter(
      ({ live, hostNetwork, labels, owner }) =>
        live &&
        !hostNetwork &&
        selectorMatches(selector, labels) &&
        !this.#owners.has(inNamespace(namespace, owner)),
    );
  }

  /** Other workloads of the namespace whose pods the selector matches; not a Rollout and the workload whose template it has. */
  overlapping(workload: Workload): Workload[] {
    const found = this.#workloads.get(workload.namespace)?.matching(workload.selector) ?? [];
    return found.filter((each) => !sharesTemplate(each, workload));
  }

  #under({ namespace, selector }: Workload): SelectedPod[] {
    const found = this.#pods.get(namespace)?.matching(selector) ?? [];
    return found.filter(({ labels }) => selectorMatches(selector, labels));
  }

  #controllerUid(pod: Pod): string | undefined {
    return this.#linkOf(pod)?.ownerUid ?? pod.ownerUid;
  }

  /** `Kind/name` of the workload that a pod belongs to in the end. */
  #ownerOf(pod: Pod): string {
    if (pod.ownerKind === undefined) return `Pod/${pod.name}`;
    const { ownerKind = pod.ownerKind, ownerName = pod.ownerName } = this.#linkOf(pod) ?? {};
    return `${ownerKind}/${ownerName}`;
  }

  #linkOf({ namespace, ownerUid = '' }: Pod): Intermediate | undefined {
    return this.#links.get(inNamespace(namespace, ownerUid));
  }
}

/** `Kind/name`. */
export function nameOf({ kind, name }: Pick<Workload, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

function inNamespace(namespace: string, uid: string): string {
  return `${namespace}/${uid}`;
}

function byNamespace<T extends { namespace: string }>(
  items: readonly T[],
  labelsOf: (item: T) => Readonly<Record<string, string>>,
): Map<string, LabelIndex<T>> {
  const groups = Map.groupBy(items, ({ namespace }) => namespace);
  return new Map([...groups].map(([name, each]) => [name, new LabelIndex(each, labelsOf)]));
}

/** The pod that the template makes. */
function podToCome(workload: Workload): SelectedPod {
  const { labels, annotations, hostNetwork, ports, use, hash } = workload.template;
  const owner = nameOf(workload);
  return {
    namespace: workload.namespace,
    name: workload.name,
    uid: `to come of ${owner}`,
    labels,
    annotations,
    ownerUid: undefined,
    ownerKind: undefined,
    ownerName: undefined,
    templateHash: hash,
    madeOf: hash,
    node: '',
    ips: [],
    ready: false,
    readySince: 0,
    terminating: false,
    live: true,
    hostNetwork,
    ports,
    use,
    owner,
  };
}
