import type { Protocol } from '../../api/kubernetes.ts';
import { type DeclaredPort, portKey } from '../ports.ts';
import { fixByAnnotation, fixOf, fixOfOutside, type ListedPort } from './fix.ts';
import {
  type OutsidePort,
  type OutsideReferences,
  outsideVerdicts,
  portsToAsk,
  withReferences,
} from './outside.ts';
import type { PortUse } from './port-use.ts';
import { portUses, type UsedPods } from './port-uses.ts';
import { unusedPorts } from './unused.ts';
import type { ClusterUsage, PortReference } from './usage.ts';

/** What pre-flight is made from. */
export interface PreflightInput extends UsedPods {
  /** What the policy allows. */
  declared: readonly DeclaredPort[];
  /** What the extra-ports annotation lists; for the line that mends a finding. */
  extraPorts: readonly ListedPort[];
  /** What the accept-cuts annotation lists. */
  acceptedCuts: readonly ListedPort[];
  cluster: ClusterUsage;
  /** Uses that no object of the cluster tells of: by a mesh, or by pods of other owners. */
  otherUses: readonly PortUse[];
  outside: OutsideReferences;
}

/** A port that somebody uses and the policy would not allow. */
export interface PreflightFinding {
  /** A number, or a name that no container declares. */
  port: PortReference;
  protocol: Protocol;
  /** Who uses it, sorted, for example `Service shop/web port 80`. */
  users: readonly string[];
  /** The one line that mends it. */
  fix: string;
  /** The namespaces that alone refer to it, sorted; absent where the pods' own one, or the cluster, does. */
  outside?: readonly string[];
  /** Whether the owner accepts the cut. */
  accepted: boolean;
  /**
   * Whether enforcement waits for it. Not where the owner accepts it, and not for a name: no
   * connection arrives by a name that no container has, so there is nothing to cut, and a Service
   * that several workloads share may well name a port of one of them. What only other namespaces
   * refer to holds only while the port may listen.
   */
  holds: boolean;
}

/** What pre-flight found. */
export interface Preflight {
  /** By port and protocol: numbers first, then names. */
  findings: readonly PreflightFinding[];
  /** Declared ports that nobody uses. */
  unused: readonly DeclaredPort[];
  /** TCP ports that only other namespaces refer to: whether the pods listen there is to be asked. Sorted. */
  referred: readonly number[];
  /** By namespace, the keys of the undeclared ports that it alone refers to, now and before. */
  references: OutsideReferences['before'];
}

/** Lists every port that something in the cluster uses on these pods and that the policy would close. */
export function preflight(input: PreflightInput): Preflight {
  const uses = [...portUses(input, input.cluster), ...input.otherUses];
  const accepted = new Set(input.acceptedCuts.map(({ port, protocol }) => portKey(port, protocol)));
  const undeclared = undeclaredUses(uses, input.declared);
  const outside = undeclared.filter(isOutside).map(outsidePort);
  const verdictOf = outsideVerdicts(outside, input.outside);
  const findings = undeclared.map((use): PreflightFinding => {
    const { port, protocol, users } = use;
    const isAccepted = typeof port === 'number' && accepted.has(portKey(port, protocol));
    const found = { port, protocol, users: [...users].sort(), accepted: isAccepted };
    const mayHold = typeof port === 'number' && !isAccepted;
    if (!isOutside(use)) return { ...found, fix: insideFix(use, input), holds: mayHold };
    const { namespaces } = outsidePort(use);
    const verdict = verdictOf({ port, protocol, namespaces });
    return {
      ...found,
      outside: namespaces,
      fix: fixOfOutside({ port, protocol, namespaces }, verdict, input),
      holds: mayHold && verdict === 'holds',
    };
  });
  return {
    findings: findings.sort(byPort),
    unused: unusedPorts(input.declared, uses),
    referred: portsToAsk(outside),
    references: withReferences(input.outside.before, outside),
  };
}

/** All uses of one undeclared port. */
interface UndeclaredUse {
  port: PortReference;
  protocol: Protocol;
  users: Set<string>;
  containers: Set<string>;
  /** Whether a container of the workload may be the one that listens. */
  isDeclarable: boolean;
  /** The other namespaces that refer to it. */
  namespaces: Set<string>;
  /** Whether somebody else does, too. */
  isInside: boolean;
}

function outsidePort({ port, protocol, namespaces }: UndeclaredUse): OutsidePort {
  return { port, protocol, namespaces: [...namespaces].sort() };
}

function isOutside({ isInside }: UndeclaredUse): boolean {
  return !isInside;
}

function insideFix(
  { port, protocol, containers, isDeclarable }: UndeclaredUse,
  input: PreflightInput,
) {
  return isDeclarable
    ? fixOf({ port, protocol }, meantContainer(containers, input), input)
    : fixByAnnotation({ port, protocol }, input);
}

function undeclaredUses(
  uses: readonly PortUse[],
  declared: readonly DeclaredPort[],
): UndeclaredUse[] {
  // By protocol, then port: a Map tells a number from a name that looks like one.
  const found = new Map<string, Map<PortReference, UndeclaredUse | 'declared'>>();
  const portsOf = (protocol: Protocol) => {
    const ports = found.get(protocol) ?? new Map<PortReference, UndeclaredUse | 'declared'>();
    found.set(protocol, ports);
    return ports;
  };
  for (const { port, protocol } of declared) portsOf(protocol).set(port, 'declared');
  for (const { port, protocol, user, container, undeclarable, outside } of uses) {
    let entry = portsOf(protocol).get(port);
    if (entry === 'declared') continue;
    if (!entry) {
      entry = newUse(port, protocol);
      portsOf(protocol).set(port, entry);
    }
    entry.users.add(user);
    entry.isDeclarable ||= !undeclarable;
    if (container !== undefined) entry.containers.add(container);
    if (outside === undefined) entry.isInside = true;
    else entry.namespaces.add(outside);
  }
  return [...found.values()].flatMap((ports) =>
    [...ports.values()].filter((entry) => entry !== 'declared'),
  );
}

function newUse(port: PortReference, protocol: Protocol): UndeclaredUse {
  return {
    port,
    protocol,
    users: new Set(),
    containers: new Set(),
    isDeclarable: false,
    namespaces: new Set(),
    isInside: false,
  };
}

/** The container to declare the port in: the one that is probed there, or the only one. */
function meantContainer(
  containers: ReadonlySet<string>,
  { template }: PreflightInput,
): string | undefined {
  const candidates = containers.size > 0 ? [...containers] : template.use.containers;
  return candidates.length === 1 ? candidates[0] : undefined;
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
