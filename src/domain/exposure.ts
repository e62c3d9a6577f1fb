import type { Protocol } from '../api/kubernetes.ts';
import type { Finding } from './findings.ts';
import type { PortList } from './port-list.ts';
import { byPortThenProtocol } from './ports.ts';
import { OUTCOMES, type Outcome } from './reading.ts';
import { isLoopback } from './socket-table.ts';
import type { ContainerPort } from './workload.ts';

/**
 * What is known of a port of one address. `Open`, `Refused`, `Filtered` (no answer) and `Unreachable`
 * (the network said that there is no way) are what a connection met. `Unverifiable` is one of which a
 * connection proves nothing, `Unknown` one that could not be tried.
 */
export type PortState =
  | 'Open'
  | 'Refused'
  | 'Filtered'
  | 'Unreachable'
  | 'Unverifiable'
  | 'Unknown';

/** Who waits for connections on a port, as seen from inside the pod. */
export interface PortListener {
  address: string;
  port: number;
  /** Empty where it could not be told. */
  container: string;
  process: string;
}

/** Who declares a port: a container, or an annotation where `container` is empty. */
export interface Declaration {
  container: string;
  name?: string;
}

export interface ExposedPort {
  port: number;
  protocol: Protocol;
  state: PortState;
  declaredBy: readonly Declaration[];
  /** Undefined where nobody looked inside. */
  listeners: readonly PortListener[] | undefined;
  finding:
    | Extract<
        Finding,
        'UndeclaredReachable' | 'DeclaredUnreachable' | 'DeclaredNotListening' | 'Unverifiable'
      >
    | undefined;
  /** One clause; empty where there is nothing to say. */
  note: string;
}

/** What probing one address has shown, and what is known of its pod. */
export interface AddressFacts {
  /** Whether a pod holds the address: without one nothing is declared, and nothing can be undeclared. */
  hasPod: boolean;
  declared: readonly ContainerPort[];
  asked: PortList;
  /** Whether each asked port was named by the user, and is to be told whatever became of it. */
  isNamed: boolean;
  outcomes: ReadonlyMap<number, Outcome>;
  /** Whether every port that was asked for was tried. */
  complete: boolean;
  /** Why a connection to this address proves nothing. */
  doubt: string | undefined;
  listeners: readonly PortListener[] | undefined;
}

/** Whether undeclared ports are reachable: no, yes, or it could not be told. */
export type ExposureVerdict = 'Clean' | 'Findings' | 'Unknown';

export interface Exposure {
  verdict: ExposureVerdict;
  /** Why the verdict is Unknown; empty where it is not. */
  reason: string;
  counts: Readonly<Record<Outcome, number>>;
  /** Every declared, open and listened-on port that was asked, and those that the user named, if they are few. */
  ports: readonly ExposedPort[];
}

/** Ports that the user names are told one by one up to this many. */
const MOST_NAMED_PORTS_TOLD = 1_024;

/** What the facts of one address come to. */
export function exposureOf(facts: AddressFacts): Exposure {
  const ports = portsToTell(facts).map((port) => exposedPort(port, facts));
  const declaredOthers = facts.declared
    .filter(({ protocol }) => protocol !== 'TCP')
    .map((declared) => undecidable(declared, facts));
  const all = [...ports, ...unique(declaredOthers)].sort(byPortThenProtocol);
  const counts = countOutcomes(facts.outcomes);
  const reason = whyUnknown(facts, counts);
  const found = all.some(({ finding }) => finding === 'UndeclaredReachable');
  const verdict = found ? 'Findings' : reason === '' ? 'Clean' : 'Unknown';
  return { verdict, reason: verdict === 'Unknown' ? reason : '', counts, ports: all };
}

/** The worst of several: what was found outweighs what could not be told, and that what is clean. */
export function worstVerdict(verdicts: readonly ExposureVerdict[]): ExposureVerdict {
  return (['Findings', 'Unknown'] as const).find((each) => verdicts.includes(each)) ?? 'Clean';
}

function portsToTell(facts: AddressFacts): number[] {
  const { declared, asked, outcomes, listeners = [] } = facts;
  const wasAsked = (port: number) => asked === 'all' || outcomes.has(port);
  const told = new Set<number>();
  for (const { port, protocol } of declared)
    if (protocol === 'TCP' && wasAsked(port)) told.add(port);
  for (const { port } of listeners) if (wasAsked(port)) told.add(port);
  const tellsAll = facts.isNamed && asked.length <= MOST_NAMED_PORTS_TOLD && asked !== 'all';
  for (const [port, outcome] of outcomes) if (tellsAll || outcome === 'open') told.add(port);
  return [...told];
}

function exposedPort(port: number, facts: AddressFacts): ExposedPort {
  const declaredBy = declarationsOf(port, 'TCP', facts);
  const listeners = facts.listeners?.filter((listener) => listener.port === port);
  const row = { port, protocol: 'TCP', declaredBy, listeners } as const;
  const state = STATES[facts.outcomes.get(port) ?? 'error'];
  if (state === 'Open' && facts.doubt !== undefined)
    return { ...row, state: 'Unverifiable', finding: 'Unverifiable', note: facts.doubt };
  const isDeclared = declaredBy.length > 0;
  return { ...row, state, ...findingOf(state, isDeclared, facts.hasPod, listeners) };
}

const STATES: Readonly<Record<Outcome, PortState>> = {
  open: 'Open',
  refused: 'Refused',
  filtered: 'Filtered',
  unreachable: 'Unreachable',
  error: 'Unknown',
};

function findingOf(
  state: PortState,
  isDeclared: boolean,
  hasPod: boolean,
  listeners: readonly PortListener[] | undefined,
): Pick<ExposedPort, 'finding' | 'note'> {
  const facing = listeners?.filter(({ address }) => !isLoopback(address));
  const onlyLoopback = facing?.length === 0 && listeners !== undefined && listeners.length > 0;
  if (state === 'Open') {
    const answers = onlyLoopback ? 'something forwards to loopback' : 'nothing in the pod listens';
    const by = facing?.length === 0 ? `; ${answers}, so a proxy or a redirect answers` : '';
    if (hasPod && !isDeclared)
      return { finding: 'UndeclaredReachable', note: `undeclared, yet reachable${by}` };
    return { finding: undefined, note: by.slice(2) };
  }
  if (!isDeclared)
    return { finding: undefined, note: onlyLoopback ? 'loopback only: no exposure' : '' };
  if (onlyLoopback || listeners?.length === 0) {
    const where = onlyLoopback ? 'listens on loopback only' : 'nothing listens on it';
    return { finding: 'DeclaredNotListening', note: `declared, but ${where}` };
  }
  if (state === 'Filtered')
    return { finding: 'DeclaredUnreachable', note: 'declared, but no answer comes' };
  if (state === 'Refused' && listeners === undefined)
    return { finding: undefined, note: 'declared, but nothing listens, or a policy refuses' };
  if (state === 'Refused')
    return { finding: 'DeclaredUnreachable', note: 'declared and listened on, but refused' };
  return { finding: undefined, note: '' };
}

function undecidable({ port, protocol }: ContainerPort, facts: AddressFacts): ExposedPort {
  return {
    port,
    protocol,
    state: 'Unverifiable',
    finding: 'Unverifiable',
    listeners: undefined,
    declaredBy: declarationsOf(port, protocol, facts),
    note: `a connection attempt proves nothing about ${protocol}`,
  };
}

function declarationsOf(port: number, protocol: Protocol, facts: AddressFacts): Declaration[] {
  return facts.declared
    .filter((declared) => declared.port === port && declared.protocol === protocol)
    .map(({ container, name }) => ({ container, ...(name !== undefined && { name }) }));
}

/** Two containers may declare one port. */
function unique(ports: readonly ExposedPort[]): ExposedPort[] {
  return [...new Map(ports.map((each) => [`${each.port}/${each.protocol}`, each])).values()];
}

function countOutcomes(outcomes: ReadonlyMap<number, Outcome>): Record<Outcome, number> {
  const counts = { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 0 };
  for (const outcome of outcomes.values()) counts[outcome]++;
  return counts;
}

/** Silence is clean only where something else answers: a missing way looks just like a policy that closes. */
function whyUnknown(facts: AddressFacts, counts: Readonly<Record<Outcome, number>>): string {
  const tried = OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0) - counts.error;
  if (facts.doubt !== undefined && (counts.open > 0 || !facts.complete)) return facts.doubt;
  if (tried === 0) return 'no connection could be tried from here';
  if (counts.unreachable === tried)
    return 'there is no way to it from here: the network says that it is unreachable';
  if (counts.open + counts.refused === 0)
    return 'nothing answers: a policy that closes every port looks just like a way that does not exist';
  if (!facts.complete || counts.error > 0) return 'some ports could not be tried';
  return '';
}
