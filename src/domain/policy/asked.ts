import { ciliumProxy } from '../evaluate/cilium-proxy.ts';
import {
  type AllPolicies,
  type PolicyTarget,
  policiesSelecting,
  policyTargets,
  targetsToCome,
} from '../evaluate/targets.ts';
import { meshUses } from '../preflight/mesh-uses.ts';
import { isOfGroup, mayFindPeers, type Peers, peerNotes } from '../preflight/peer-uses.ts';
import { type Preflight, type PreflightInput, preflight } from '../preflight/preflight.ts';
import { type ProbePermission, probePermission } from '../probing/probe-permission.ts';
import type { SelectedPod, Snapshot } from '../snapshot.ts';
import { counts } from '../workload/accepted-cuts.ts';
import { UNSAID } from '../workload/allow-from.ts';
import {
  type DeclaredPort,
  declaredPorts,
  declaredTcpPorts,
  portKey,
} from '../workload/declared-ports.ts';
import {
  CILIUM_AUTHENTICATION,
  CILIUM_ENVOY,
  type Mesh,
  meshesOf,
  meshOfRollout,
} from '../workload/mesh.ts';
import {
  byRange,
  isInRange,
  type PortRange,
  portsOfRange,
  rangeKey,
  rangeOf,
} from '../workload/port-range.ts';
import type { ListedPort } from '../workload/port-text.ts';
import type { Settings } from '../workload/settings.ts';
import { type BeforePolicy, beforePolicy, closedPorts } from './before-policy.ts';
import { rangeOnTheWire } from './grants.ts';
import { isolatedAlready } from './isolated-already.ts';
import type { OptedIn } from './opted-in.ts';
import { otherOwners, podsOfOtherOwners, usesByOtherOwners } from './other-owners.ts';
import { countedPorts } from './policy-in-force.ts';
import { portsRefusedEarlier, refusedPorts } from './refused-ports.ts';
import { waitsForLabels } from './waits-for-labels.ts';

/** What a workload that has opted in asks for, and what stands against it. */
export interface Asked {
  /** What the policy is to allow. */
  declared: readonly DeclaredPort[];
  /** Ranges that it is to allow, too, sorted; by the annotation alone. */
  ranges: readonly PortRange[];
  /** The workload's own pods, as policies see them. */
  targets: readonly PolicyTarget[];
  /** All pods that the policy is about: those of other owners that the selector matches, and those to come, too. */
  selectedTargets: readonly PolicyTarget[];
  /** The pods of other owners. */
  strangers: readonly SelectedPod[];
  /** Whose these others are, as `Kind/name`, sorted. */
  otherOwners: readonly string[];
  /** Who uses which undeclared port. */
  found: Preflight;
  /** Whether replicas may talk among themselves on ports of which nobody can know before a sweep. */
  mayHideTalk: boolean;
  /** What nobody can know of such talk, in sentences. */
  peerNotes: readonly string[];
  /** What the pods showed before the policy; undefined where nobody has asked them. */
  before: BeforePolicy | undefined;
  /** Which pods may be probed, and what is said of the others. */
  permission: ProbePermission;
}

/** Stands for every port that nothing names. */
const UNNAMED: ListedPort = { port: 0, protocol: 'TCP' };

/** Every port that the policy is to allow, those of ranges one by one. */
export function portsAsked({ declared, ranges }: Pick<Asked, 'declared' | 'ranges'>): ListedPort[] {
  return [...declared, ...ranges.flatMap(portsOfRange)];
}

/** Reads what is asked for, and lists what stands against it. */
export function askedOf(subject: OptedIn): Asked {
  const { snapshot, workload, settings } = subject;
  const { namespace, pods, prober, usage } = snapshot;
  const { ports, ranges } = listedPorts(subject);
  const counted = countedPorts(subject);
  const declared = withoutClosed(
    declaredPorts(workload, pods, ports, (port) => counted.some((range) => isInRange(range, port))),
    settings,
  );
  const strangers = podsOfOtherOwners(snapshot);
  const policies = allPolicies(snapshot);
  const targets = policyTargets(workload, namespace, pods, policies);
  const onPodNetwork = strangers.filter(({ hostNetwork }) => !hostNetwork);
  const others =
    onPodNetwork.length > 0 ? policyTargets(workload, namespace, onPodNetwork, policies) : [];
  const toCome = workload.template.hostNetwork ? [] : targetsToCome(workload, namespace, policies);
  const selected = [...targets, ...others, ...toCome];
  const meshes = meshesOf(workload, namespace, pods, ciliumMeshes(policies, targets));
  const meshToCome = meshOfRollout(workload, pods) ?? [];
  const before = beforePolicy(subject, declaredTcpPorts(declared));
  const replicas = replicasOf(subject);
  const open = before?.open ?? [];
  const listened = new Set([...declaredTcpPorts(declared), ...open]);
  const mayMeet = mayFindPeers(workload, usage.services, listened);
  const arePeers = mayMeet && replicas > 1;
  const otherUses = [
    ...meshUses(meshes.concat(meshToCome)),
    ...usesByOtherOwners(strangers, declared),
  ];
  const isolatedBy = isolatedAlready(subject, selected);
  const found = cutBy(
    subject,
    { declared, ranges },
    { targets, before, isolatedBy, otherUses, arePeers, open, isAsked: before !== undefined },
  );
  const mayLoseTalk = mayMeet && isolatedBy(UNNAMED, []).length === 0;
  return {
    declared,
    ranges,
    targets,
    selectedTargets: selected,
    strangers,
    otherOwners: otherOwners(snapshot, strangers),
    before,
    found,
    mayHideTalk: arePeers && mayLoseTalk && !before?.swept,
    peerNotes: mayLoseTalk ? peerNotes(peersOf({ replicas, before, declared, ranges, found })) : [],
    permission: probePermission({ pods, proberUid: prober.podUid, settings, workload, meshes }),
  };
}

/**
 * How many there are, or are to be; two at least where nobody knows, as of a DaemonSet or at a scale of zero, and where other
 * workloads have more of a group.
 */
function replicasOf({ snapshot, workload }: OptedIn): number {
  const live = snapshot.pods.filter((pod) => pod.live);
  const { kind, replicas } = workload;
  // In a rollout there are for a while those of two templates, which is no reason to meet.
  const alike = Map.groupBy(live, (pod) => (replicas === undefined ? '' : pod.templateHash));
  const most = [...alike.values()].map(({ length }) => length);
  const isUnknown = live.length === 0 && (kind === 'DaemonSet' || replicas === 0);
  return Math.max(replicas ?? 0, ...most, isUnknown || isOfGroup(workload) ? 2 : 0);
}

function peersOf({
  replicas,
  ...asked
}: Pick<Asked, 'before' | 'declared' | 'ranges' | 'found'> & Pick<Peers, 'replicas'>): Peers {
  const named = new Set(asked.found.findings.map(({ port }) => port));
  const allowed = [...asked.declared, ...asked.ranges].map(rangeOf);
  return {
    replicas,
    open: closedPorts(asked),
    isNamed: (port) => named.has(port),
    swept: asked.before?.swept ?? false,
    isAllowed: (port) => allowed.some((range) => isInRange(range, port)),
  };
}

/** What Cilium does to connections by its policies. */
function ciliumMeshes(policies: AllPolicies, targets: readonly PolicyTarget[]): Mesh[] {
  if (policies.pluginPolicies.length === 0) return [];
  const { redirects, authenticates } = ciliumProxy(
    policiesSelecting(policies, targets).pluginPolicies,
  );
  return [...(redirects ? [CILIUM_ENVOY] : []), ...(authenticates ? [CILIUM_AUTHENTICATION] : [])];
}

/**
 * What the owner lists beside what is declared. While the owner's words cannot be followed, the last good policy stays
 * in force: what it allows counts, too.
 */
function listedPorts({ settings, own: { live } }: OptedIn) {
  const isHeld = settings.problems.length > 0 && live.kind === 'ours';
  const held = (isHeld ? (live.policy.spec.ingress ?? []) : []).flatMap(({ ports = [] }) =>
    ports.flatMap((port) => rangeOnTheWire(port) ?? []),
  );
  const [single, more] = [held.filter(isSingle), held.filter((range) => !isSingle(range))];
  const ranges = new Map(
    [...settings.extraRanges, ...more].map((range) => [rangeKey(range), range]),
  );
  return {
    ports: [
      ...settings.extraPorts,
      ...single.map(({ first, protocol }) => ({ port: first, protocol, container: '' })),
    ],
    ranges: [...ranges.values()].sort(byRange),
  };
}

function isSingle({ first, last }: PortRange): boolean {
  return first === last;
}

/** While the owner's words cannot be followed, nothing is closed that is open now. */
function withoutClosed(
  declared: readonly DeclaredPort[],
  { closedPorts, problems }: Settings,
): readonly DeclaredPort[] {
  if (closedPorts.length === 0 || problems.length > 0) return declared;
  const closed = new Set(closedPorts.map(({ port, protocol }) => portKey(port, protocol)));
  return declared.filter(({ port, protocol }) => !closed.has(portKey(port, protocol)));
}

/** Whom a policy that allows the declared ports would cut off. */
function cutBy(
  subject: OptedIn,
  { declared, ranges }: Pick<Asked, 'declared' | 'ranges'>,
  {
    targets,
    isolatedBy,
    before,
    otherUses,
    arePeers,
    open,
    isAsked,
  }: Pick<Asked, 'targets' | 'before'> &
    Pick<PreflightInput, 'isolatedBy' | 'otherUses' | 'arePeers' | 'open' | 'isAsked'>,
): Preflight {
  const { snapshot, workload, settings } = subject;
  return preflight({
    namespace: workload.namespace,
    owner: workload,
    selector: workload.selector,
    template: workload.template,
    replicas: replicasOf(subject),
    ...(workload.controlledBy !== undefined && { controlledBy: workload.controlledBy }),
    declared,
    ranges,
    extraPorts: settings.extraPorts,
    closedPorts: settings.closedPorts,
    acceptedCuts: settings.acceptedCuts.filter((cut) => counts(cut, snapshot.now)),
    // While the owner's words cannot be followed, nobody is kept out who is let in now.
    allowFrom: settings.problems.length > 0 ? UNSAID : settings.allowFrom,
    pods: snapshot.selected.filter(({ hostNetwork }) => !hostNetwork),
    cluster: snapshot.usage,
    otherUses,
    arePeers,
    open,
    isAsked,
    outside: {
      before: snapshot.references,
      refused: () => refusedPorts(subject, isClosedByOthers(subject, targets)),
      refusedEarlier: portsRefusedEarlier(subject),
    },
    isolatedBy,
    waitsForLabels: waitsForLabels(subject, before),
  });
}

/** Whether any policy but ours may close ports of the pods. */
function isClosedByOthers(
  { snapshot, own: { live } }: OptedIn,
  targets: readonly PolicyTarget[],
): boolean {
  const selecting = policiesSelecting(allPolicies(snapshot), targets);
  return (
    selecting.networkPolicies.some((policy) => policy !== live.policy) ||
    selecting.tieredPolicies.length > 0 ||
    selecting.pluginPolicies.length > 0
  );
}

function allPolicies({ policies, tieredPolicies, pluginPolicies }: Snapshot): AllPolicies {
  return { networkPolicies: policies, tieredPolicies, pluginPolicies };
}
