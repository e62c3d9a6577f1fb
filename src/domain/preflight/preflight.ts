import type { Protocol } from '../../api/kubernetes.ts';
import type { AcceptedCut } from '../workload/accepted-cuts.ts';
import { sourcesOf } from '../workload/allow-from.ts';
import { type DeclaredPort, declaredTcpPorts, portKey } from '../workload/declared-ports.ts';
import type { ListedPort } from '../workload/port-text.ts';
import type { Sources } from '../workload/sources.ts';
import type { PortReference } from '../workload/template-use.ts';
import { type Allowed, type CutUse, cutUses } from './cut-use.ts';
import { fixOf, fixOfIsolated, fixOfOutside, REFUSED } from './fix.ts';
import {
  type OutsidePort,
  type OutsideReferences,
  type OutsideVerdict,
  outsideVerdicts,
  portsToAsk,
  withReferences,
} from './outside.ts';
import { declaredPeerUses, peerUses } from './peer-uses.ts';
import type { PortUse } from './port-use.ts';
import { portUses, type UsedPods } from './port-uses.ts';
import { AT_LOAD_BALANCER } from './source.ts';
import { sourceNotes } from './source-notes.ts';
import { unreadConfigNotes } from './unread-configs.ts';
import { unusedPorts } from './unused.ts';
import type { ClusterUsage } from './usage.ts';

/** What pre-flight is made from. */
export interface PreflightInput extends UsedPods, Allowed {
  /** What the extra-ports annotation lists; for the line that mends a finding. */
  extraPorts: readonly ListedPort[];
  /** What the closed-ports annotation takes out of what is declared. */
  closedPorts: readonly ListedPort[];
  /** What the accept-cuts annotation lists. */
  acceptedCuts: readonly AcceptedCut[];
  cluster: ClusterUsage;
  /** Uses that no object of the cluster tells of: by a mesh, or by pods of other owners. */
  otherUses: readonly PortUse[];
  /** Whether there are several replicas that may talk among themselves. */
  arePeers: boolean;
  /** Undeclared TCP ports that were open before any policy. */
  open: readonly number[];
  /** Whether any pod was asked for them. */
  isAsked: boolean;
  /** The object that has an operator keep the workload; absent where none is known. */
  controlledBy?: string;
  outside: OutsideReferences;
  /** By a port and who is let in to it, the policies of others by which nobody can lose it to ours, sorted by name. */
  isolatedBy: (port: ListedPort, letIn: Sources) => readonly string[];
  /** Whether anything waits for who comes once a pod has labels that none has. */
  waitsForLabels: (port: ListedPort, isDeclared: boolean) => boolean;
}

/** A port that somebody uses and the policy would not allow, or not to all of them. */
export interface PreflightFinding {
  /** A number, or a name that no container declares. */
  port: PortReference;
  protocol: Protocol;
  /** Who uses it, sorted, for example `Service shop/web port 80`. */
  users: readonly string[];
  /** Whom of them allow-from does not let in, sorted, in words; absent where that is nobody. */
  sources?: readonly string[];
  /** Whether it is declared, and only some of its users are not let in. */
  declared?: true;
  /** The one line that mends it. */
  fix: string;
  /** The container of the owner's that is to declare the port; absent where that is not known, or would not mend it. */
  declareIn?: string;
  /** The containers of the owner's of which one is to declare it, and it is not known which; absent in all other cases. */
  declareInOneOf?: readonly string[];
  /** The namespaces that alone refer to it, sorted; absent where the pods' own one, or the cluster, does. */
  outside?: readonly string[];
  /** The policies of others that isolate the pods already, so that ours closes nothing more; absent where it may. */
  isolatedBy?: readonly string[];
  /** Whether every ready pod refuses it, so that nothing can be cut; absent where that is not so, or not known. */
  refused?: true;
  /** Whether every ready pod of an earlier template did, and of those of now nobody knows; absent where that is not so. */
  refusedEarlier?: true;
  /** Whether nobody comes before a pod has got labels that none has; absent where somebody does. */
  awaited?: true;
  /** Whether the owner accepts the cut. */
  accepted: boolean;
  /**
   * Whether enforcement waits for it. Not where the owner accepts it, and not for a name: no
   * connection arrives by a name that no container has, so there is nothing to cut, and a Service
   * that several workloads share may well name a port of one of them. Not where other policies isolate
   * the pods already, not while every ready pod refuses the port, and not for labels that no pod has where none listens.
   */
  holds: boolean;
}

/** What pre-flight found. */
export interface Preflight {
  /** By port and protocol: numbers first, then names. */
  findings: readonly PreflightFinding[];
  /** Declared ports that nobody uses. */
  unused: readonly DeclaredPort[];
  /** TCP ports that somebody refers to and nobody declares: whether the pods listen there is to be asked. Sorted. */
  referred: readonly number[];
  /** By namespace, the keys of the undeclared ports that it alone refers to, now and before. */
  references: OutsideReferences['before'];
  /** What is to be known of users that nothing waits for, in sentences. */
  notes: readonly string[];
  /** What may tell of more users and is not read, in sentences. */
  unread: readonly string[];
}

/** Lists every port that something in the cluster uses on these pods and that the policy would close, to them or at all. */
export function preflight(input: PreflightInput): Preflight {
  const all = [...portUses(input, input.cluster), ...input.otherUses];
  const served = new Set<PortReference>([...input.open, ...declaredTcpPorts(input.declared)]);
  const named = all.filter(({ ifOpen, port }) => !ifOpen || served.has(port));
  const told = input.arePeers ? [...named, ...usesOfListening(named, input)] : named;
  const unused = unusedPorts(input.declared, told);
  const uses = input.arePeers ? [...told, ...declaredPeerUses(unused)] : told;
  const accepted = new Set(input.acceptedCuts.map(({ port, protocol }) => portKey(port, protocol)));
  const cut = cutUses(uses, input);
  const undeclared = cut.filter(({ isDeclared }) => !isDeclared);
  const outside = undeclared.filter(({ isInside }) => !isInside).map(outsidePort);
  const refusing = undeclared.length > 0 ? input.outside.refused() : new Set<string>();
  const verdictOf = outsideVerdicts(outside, { ...input.outside, refused: () => refusing });
  const verdict = (use: CutUse): OutsideVerdict => {
    if (use.isDeclared) return 'holds';
    if (!use.isInside) return verdictOf(outsidePort(use));
    return refusing.has(portKey(use.port, use.protocol)) ? 'refused' : 'holds';
  };
  const findings = cut.map((use) => findingOf(use, verdict(use), accepted, input));
  const inside = undeclared.filter(({ isInside }) => isInside);
  return {
    findings: findings.sort(byPort),
    unused,
    referred: portsToAsk([...inside, ...all.filter(({ ifOpen }) => ifOpen)], outside),
    references: withReferences(input.outside.before, outside),
    notes: [
      ...sourceNotes(uses, input, input.controlledBy),
      ...(input.isAsked ? [] : untoldChecks(all, served)),
    ],
    unread: unreadConfigNotes(uses),
  };
}

/** Health checks that count only where the pods listen, of which nobody knows that; in sentences. */
function untoldChecks(uses: readonly PortUse[], served: ReadonlySet<PortReference>): string[] {
  const untold = uses.filter(
    ({ ifOpen, source, port }) => ifOpen && source === AT_LOAD_BALANCER && !served.has(port),
  );
  const sentences = untold.map(
    ({ port, user }) =>
      `no pod was asked whether it listens on ${port}/TCP, and if it does, ${user} may be a user: list the port then`,
  );
  return [...new Set(sentences)].sort();
}

/** By replicas, beside what objects tell of. */
function usesOfListening(told: readonly PortUse[], { open }: PreflightInput): PortUse[] {
  const tcp = told.filter(({ protocol }) => protocol === 'TCP');
  const named = new Set(tcp.map(({ port }) => port));
  return peerUses(open, (port) => named.has(port));
}

function findingOf(
  use: CutUse,
  verdict: OutsideVerdict,
  accepted: ReadonlySet<string>,
  input: PreflightInput,
): PreflightFinding {
  const { port, protocol, users, isDeclared, isInside, isAwaited: awaited } = use;
  const sources = [...new Set([...use.sources.keys(), ...use.outsideSources.keys()])].sort();
  const key = portKey(port, protocol);
  const isAccepted = typeof port === 'number' && accepted.has(key);
  const isolatedBy =
    typeof port === 'number' ? isolating({ port, protocol }, isDeclared, input) : [];
  const mayHold = typeof port === 'number' && !isAccepted && isolatedBy.length === 0;
  const isRefused = isInside && verdict === 'refused';
  const isMended = !isRefused && isolatedBy.length === 0 && isMendedByDeclaring(use, input);
  const meant = isMended ? candidateContainers(use, input) : [];
  return {
    port,
    protocol,
    users: [...users].sort(),
    ...(sources.length > 0 && { sources }),
    ...(isDeclared && { declared: true }),
    fix: isolatedBy.length > 0 ? fixOfIsolated(isolatedBy) : mending(use, verdict, input),
    ...(meant.length === 1 && { declareIn: meant[0] as string }),
    ...(meant.length > 1 && { declareInOneOf: meant }),
    ...(!isInside && { outside: outsidePort(use).namespaces }),
    ...(isolatedBy.length > 0 && { isolatedBy }),
    ...(isRefused && { refused: true }),
    ...(!isDeclared && input.outside.refusedEarlier?.has(key) && { refusedEarlier: true }),
    ...(awaited && { awaited }),
    accepted: isAccepted,
    holds: mayHold && verdict === 'holds' && (!awaited || isWaitedFor(use, input)),
  };
}

function isWaitedFor(
  { port, protocol, isDeclared }: CutUse,
  { waitsForLabels }: PreflightInput,
): boolean {
  return typeof port === 'number' && waitsForLabels({ port, protocol }, isDeclared);
}

function isolating(
  port: ListedPort,
  isDeclared: boolean,
  { isolatedBy, allowFrom }: PreflightInput,
): readonly string[] {
  return isolatedBy(port, isDeclared ? sourcesOf(allowFrom, port) : []);
}

function mending(use: CutUse, verdict: OutsideVerdict, input: PreflightInput): string {
  if (!use.isInside)
    return fixOfOutside(
      { ...use, ...outsidePort(use), sources: use.outsideSources },
      verdict,
      input,
    );
  if (verdict === 'refused') return REFUSED;
  return fixOf(use, meantContainer(use, input), input);
}

function outsidePort({ port, protocol, namespaces }: CutUse): OutsidePort {
  return { port, protocol, namespaces: [...namespaces].sort() };
}

/** Whether to declare the number in a container lets everybody in who uses it. */
function isMendedByDeclaring(use: CutUse, { closedPorts }: PreflightInput): boolean {
  const { port, protocol, isDeclared, isDeclarable, isInside } = use;
  const isClosed = closedPorts.some((each) => each.port === port && each.protocol === protocol);
  return typeof port === 'number' && isInside && isDeclarable && !isDeclared && !isClosed;
}

/** The container of the owner's to declare the port in, where it is known. */
function meantContainer(use: CutUse, input: PreflightInput): string | undefined {
  const candidates = candidateContainers(use, input);
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Those of the owner's that are probed there, or else all. */
function candidateContainers(
  { containers }: CutUse,
  { template }: PreflightInput,
): readonly string[] {
  const { containers: own } = template.use;
  const meant = own.filter((container) => containers.has(container));
  return meant.length > 0 ? meant : own;
}

type FoundPort = Pick<PreflightFinding, 'port' | 'protocol'>;

/** Numbers, then names. */
function byPort(a: FoundPort, b: FoundPort): number {
  if (typeof a.port !== typeof b.port) return typeof a.port === 'number' ? -1 : 1;
  return compare(a.port, b.port) || compare(a.protocol, b.protocol);
}

function compare<T extends PortReference>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
