import type { Protocol } from '../../api/kubernetes.ts';
import type { AllowFrom } from '../workload/allow-from.ts';
import type { DeclaredPort } from '../workload/declared-ports.ts';
import { isInRange, type PortRange } from '../workload/port-range.ts';
import type { PortReference } from '../workload/template-use.ts';
import { letIn } from './let-in.ts';
import type { PortUse } from './port-use.ts';
import { type Source, sourceInWords } from './source.ts';

/** What a policy would allow, and to whom. */
export interface Allowed {
  declared: readonly DeclaredPort[];
  /** Allowed like declared ports. */
  ranges: readonly PortRange[];
  allowFrom: AllowFrom;
  /** That of the pods. */
  namespace: string;
}

/** All uses of one port that a policy would cut off: of one that is not declared all, of another those not let in. */
export interface CutUse {
  port: PortReference;
  protocol: Protocol;
  isDeclared: boolean;
  users: Set<string>;
  /** Who connects and would not be let in were the port declared, each once by its words. */
  sources: Map<string, Source>;
  /** The same of those who are told of by other namespaces. */
  outsideSources: Map<string, Source>;
  /** The containers that are meant, where uses say so. */
  containers: Set<string>;
  /** Whether a container of the workload may be the one that listens. */
  isDeclarable: boolean;
  /** Whether all uses are of Services' ports on which nothing may listen. */
  mayBeUnserved: boolean;
  /** Whether nobody comes before a pod has got labels that none has. */
  isAwaited: boolean;
  /** The other namespaces that refer to it. */
  namespaces: Set<string>;
  /** Whether somebody else does, too. */
  isInside: boolean;
}

/** The uses that a policy would cut off, by port and in no order. */
export function cutUses(uses: readonly PortUse[], allowed: Allowed): CutUse[] {
  // By protocol, then port: a Map tells a number from a name that looks like one.
  const found = new Map<Protocol, Map<PortReference, CutUse>>();
  const isDeclared = declaredAmong(allowed);
  for (const use of uses) {
    const { port, protocol, source } = use;
    const isLetIn =
      typeof port === 'string' ||
      letIn(allowed.allowFrom, { port, protocol }, source, allowed.namespace) !== 'no';
    if (isLetIn && isDeclared(port, protocol)) continue;
    const ports = found.get(protocol) ?? new Map<PortReference, CutUse>();
    found.set(protocol, ports);
    const entry = ports.get(port) ?? newUse(port, protocol, isDeclared(port, protocol));
    ports.set(port, entry);
    add(use, isLetIn, entry);
  }
  return [...found.values()].flatMap((ports) => [...ports.values()]);
}

function declaredAmong({
  declared,
  ranges,
}: Allowed): (port: PortReference, protocol: Protocol) => boolean {
  const ports = new Map<Protocol, Set<PortReference>>();
  for (const { port, protocol } of declared) {
    const numbers = ports.get(protocol);
    if (numbers) numbers.add(port);
    else ports.set(protocol, new Set([port]));
  }
  return (port, protocol) =>
    (ports.get(protocol)?.has(port) ?? false) ||
    ranges.some((range) => isInRange(range, { port, protocol }));
}

/** What mends a cut is told from uses inside alone: nobody in another namespace has a say in that. */
function add(use: PortUse, isLetIn: boolean, entry: CutUse): void {
  const { user, source, container, undeclarable, mayBeUnserved, awaited, outside } = use;
  entry.users.add(user);
  entry.isAwaited &&= awaited ?? false;
  if (!isLetIn) {
    const sources = outside === undefined ? entry.sources : entry.outsideSources;
    sources.set(sourceInWords(source), source);
  }
  if (outside !== undefined) {
    entry.namespaces.add(outside);
    return;
  }
  entry.isInside = true;
  entry.isDeclarable ||= !undeclarable;
  entry.mayBeUnserved &&= mayBeUnserved ?? false;
  if (container !== undefined) entry.containers.add(container);
}

function newUse(port: PortReference, protocol: Protocol, isDeclared: boolean): CutUse {
  return {
    port,
    protocol,
    isDeclared,
    users: new Set(),
    sources: new Map(),
    outsideSources: new Map(),
    containers: new Set(),
    isDeclarable: false,
    mayBeUnserved: true,
    isAwaited: true,
    namespaces: new Set(),
    isInside: false,
  };
}
