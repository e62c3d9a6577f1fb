import type { Prober } from '../domain/evaluate/expectation.ts';
import type { PluginPolicy } from '../domain/evaluate/plugins/plugin-policy.ts';
import type { TieredPolicy } from '../domain/evaluate/tiered-policy.ts';
import { selectorMatches } from '../domain/match/label-selector.ts';
import type { Role, SelectedPod, Snapshot, Widening } from '../domain/snapshot.ts';
import { sharesTemplate, withTemplate } from '../domain/workload/rollout.ts';
import { namespacesLetIn } from '../domain/workload/settings.ts';
import { isWorkload, WORKLOAD_KINDS, type Workload } from '../domain/workload/workload.ts';
import { projectNamespace, projectPod, projectPolicy } from '../kube/projections.ts';
import { projectReport } from '../kube/report-projection.ts';
import { projectOwner } from '../kube/workload-projection.ts';
import { snapshot } from './builders.ts';
import { clusterUsage, inNamespace, type Wire } from './preflight-manifests.ts';

const TIERED = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'];
const TIERS_GROUP = 'policy.networking.k8s.io/';
const FOREIGN_GROUPS = ['cilium.io/', 'crd.projectcalico.org/', 'crd.antrea.io/', 'kubeovn.io/'];

interface Flags {
  widening?: Widening;
  role?: Partial<Role>;
  /** `Kind/name` of the workload, where it is not the one named web. */
  workload?: string;
  prober?: Partial<Prober>;
}

const NO_ROLE: Role = { policy: false, probe: false, secondProbe: false, hasSecond: true };

/**
 * The snapshot of a workload among these manifests, applied to the namespace shop where they
 * name none. Pods belong to it unless they have an owner reference, or `test/stranger` as an annotation.
 * A document of kind OperatorFlags sets flags.
 */
export function snapshotOf(manifests: readonly Wire[]): Snapshot {
  const wires = manifests.map(inNamespace);
  const byKind = Map.groupBy(wires, ({ kind }) => kind);
  const ofKind = (kind: string) => byKind.get(kind) ?? [];
  const workloads = workloadsAmong(wires);
  const flags = ofKind('OperatorFlags')[0]?.spec as Flags | undefined;
  const workload = workloads.find((each) =>
    flags?.workload ? ownerName(each) === flags.workload : each.name === 'web',
  );
  if (!workload) throw new Error('no such workload among the manifests');
  const others = workloads.filter((each) => !sharesTemplate(each, workload));
  const pods = ofKind('Pod').map((wire) => selectedPod(wire, workload));
  const own = pods.filter((pod) => pod.owner === ownerName(workload));
  const { apiVersion, kind, namespace, name } = workload;
  const namespaces = ofKind('Namespace').map(projectNamespace);
  const ownNamespace = namespaces.find((each) => each.name === workload.namespace);
  const [report] = ofKind('PortExposureReport');
  const { prober } = snapshot();
  return snapshot({
    key: { apiVersion, kind, namespace, name },
    workload,
    pods: own,
    ...(flags?.widening && { widening: flags.widening }),
    ...(flags?.role && { role: { ...NO_ROLE, ...flags.role } }),
    prober: { ...prober, ...flags?.prober },
    ...(ownNamespace && { namespace: ownNamespace }),
    // Where manifests bring no other namespace, whichever they name is there.
    absentNamespaces: namespaces.some((each) => each !== ownNamespace)
      ? namespacesLetIn(workload).filter((name) => !namespaces.some((each) => each.name === name))
      : [],
    selected: pods.filter((pod) => pod.live && selectorMatches(workload.selector, pod.labels)),
    overlapping: others
      .filter(({ template }) => selectorMatches(workload.selector, template.labels))
      .map(ownerName)
      .sort(),
    usage: clusterUsage(ofKind),
    policies: wires
      .filter((wire) => apiVersionOf(wire) === 'networking.k8s.io/v1')
      .filter((wire) => wire.kind === 'NetworkPolicy')
      .map((wire) => projectPolicy(wire)),
    tieredPolicies: wires
      .filter((wire) => TIERED.includes(wire.kind))
      .filter((wire) => apiVersionOf(wire).startsWith(TIERS_GROUP))
      .map((wire) => wire as unknown as TieredPolicy),
    pluginPolicies: wires
      .filter((wire) => FOREIGN_GROUPS.some((group) => apiVersionOf(wire).startsWith(group)))
      .map((wire) => wire as unknown as PluginPolicy),
    report: report && projectReport(report),
  });
}

/** Those that are workloads of their own, with the templates that they refer to. */
function workloadsAmong(wires: readonly Wire[]): Workload[] {
  const read = wires.flatMap((wire): Workload[] => {
    const kind = WORKLOAD_KINDS.find((each) => each === wire.kind);
    return kind ? [projectOwner(kind)(wire)].filter(isWorkload) : [];
  });
  return read.map((each) =>
    withTemplate(each, (lender) =>
      read.find(({ kind, name }) => kind === lender.kind && name === lender.name),
    ),
  );
}

function selectedPod(wire: Wire, workload: Workload): SelectedPod {
  const pod = projectPod(wire);
  const isStranger = wire.metadata?.annotations?.['test/stranger'] !== undefined;
  const owner = pod.ownerKind ? `${pod.ownerKind}/${pod.ownerName}` : `Pod/${pod.name}`;
  const isOwn = !isStranger && pod.ownerKind === undefined;
  return { ...pod, uid: pod.uid || pod.name, owner: isOwn ? ownerName(workload) : owner };
}

function ownerName({ kind, name }: Workload): string {
  return `${kind}/${name}`;
}

function apiVersionOf(wire: Wire): string {
  return wire.apiVersion ?? '';
}
