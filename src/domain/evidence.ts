import type { Outcome, Reading } from './reading.ts';

export type Observed = 'Open' | 'Refused' | 'Filtered' | 'Unknown';

/** How often bad news must be read, the same each time, before it is told. */
export const EQUAL_READINGS = 3;

export interface ProbedPod {
  uid: string;
  name: string;
  node: string;
}

/** The reading of one IP of one pod. */
export interface PodReading {
  pod: ProbedPod;
  /** Whether the pod was ready for less than the settle time: its bad news does not count yet. */
  young: boolean;
  reading: Reading;
}

/** Connections to the watched ports of every ready pod, at about one time. */
export interface Round {
  /** The fingerprint of the policies in force when it began: a round that outlived them is thrown away. */
  policies: string;
  /** The fingerprint of the pods that it asked. */
  pods: string;
  /** Ports on which nothing listens, as far as anybody knows: where all of them are open, something answers for the pod. */
  decoys: readonly number[];
  readings: readonly PodReading[];
  /** Milliseconds since the epoch. */
  endedAt: number;
}

/** All TCP ports of one pod of a template. Times are in milliseconds since the epoch. */
export interface Sweep {
  templateHash: string;
  policies: string;
  pod: ProbedPod;
  startedAt: number;
  endedAt: number;
  counts: Readonly<Record<Outcome, number>>;
}

/** What was observed of one port, the worst over all pods, and on how many of them. */
export interface Observation {
  observed: Observed;
  pods: number;
}

/** An observation that can be relied on: since when it is the same, and when it was last read (ms since the epoch). */
export interface SettledObservation extends Observation {
  firstSeen: number;
  lastSeen: number;
}

/** An observation, and how many rounds in a row gave it, young pods and policies aside. */
export interface PortEvidence extends Observation {
  streak: number;
}

/** All that probing has shown of a workload. */
export interface Evidence {
  /** A fingerprint of the policies that select the pods, and since when they are so (ms since the epoch). */
  policies: string;
  policiesSince: number;
  /** Undeclared TCP ports that were open at some time; asked in every round. */
  seen: readonly number[];
  /** Declared and seen ports, under the policies of now. */
  ports: ReadonlyMap<number, PortEvidence>;
  /** How many undeclared ports refused in the last round: answers that a dropping network would not let through. */
  refusals: { ports: number; streak: number };
  /** Of how many undeclared ports the last round learned nothing, and how many in a row did so. */
  untold: { ports: number; streak: number };
  /** The last observation of each port that could be relied on; survives a change of policies. */
  settled: ReadonlyMap<number, SettledObservation>;
  /** Whether a pod accepted connections where nothing listens: then an open port proves nothing. */
  acceptsEverything: boolean;
  lastRound: LastRound | undefined;
  sweeps: readonly Sweep[];
}

export interface LastRound {
  endedAt: number;
  pods: string;
  podCount: number;
  portCount: number;
}

/** Evidence before the first round: nothing but what was known before. */
export function emptyEvidence(
  policies: string,
  policiesSince: number,
  known: Pick<Evidence, 'settled' | 'seen'> & Partial<Pick<Evidence, 'sweeps'>>,
): Evidence {
  return {
    ...{ policies, policiesSince, ports: new Map(), refusals: { ports: 0, streak: 0 } },
    ...{ untold: { ports: 0, streak: 0 }, acceptsEverything: false, lastRound: undefined },
    ...{ settled: known.settled, seen: known.seen, sweeps: known.sweeps ?? [] },
  };
}

/**
 * Evidence as it applies now: sweeps of templates that have no pod any more say nothing, and a port
 * that is no longer declared but was open is one to look at.
 */
export function asOfNow(
  evidence: Evidence,
  templates: ReadonlySet<string>,
  declared: ReadonlySet<number>,
): Evidence {
  const seen = new Set(evidence.seen);
  const ports = new Map(evidence.ports);
  for (const [port, { observed }] of evidence.ports) {
    if (declared.has(port) || seen.has(port)) continue;
    if (observed === 'Open') seen.add(port);
    ports.delete(port);
  }
  const sweeps = evidence.sweeps.filter(({ templateHash }) => templates.has(templateHash));
  return { ...evidence, ports, sweeps, seen: limited(seen) };
}

/** Starts the readings anew where the policies have changed; what was settled stays until it is read again. */
export function withPolicies(evidence: Evidence, policies: string, now: number): Evidence {
  if (evidence.policies === policies) return evidence;
  return emptyEvidence(policies, now, { settled: evidence.settled, seen: evidence.seen });
}

/**
 * Adds a round. Bad news from pods or policies younger than `settleMilliseconds` does not count:
 * networks may take that long to let a policy or a pod in.
 */
export function withRound(
  evidence: Evidence,
  round: Round,
  declared: ReadonlySet<number>,
  settleMilliseconds: number,
): Evidence {
  if (round.policies !== evidence.policies) return evidence;
  // Nothing could be read: what was known before is not made wrong by that.
  if (round.readings.length === 0) {
    const lastRound = { endedAt: round.endedAt, pods: '', podCount: 0, portCount: 0 };
    return { ...evidence, lastRound };
  }
  const asked = askedPorts(round);
  const { ports, open, refusals, untold } = readPorts(
    evidence,
    round,
    asked,
    declared,
    settleMilliseconds,
  );
  const isAnswered = acceptsEverything(round);
  const podCount = new Set(round.readings.map(({ pod }) => pod.uid)).size;
  return {
    // What answers everything is no exposure of its own.
    ...{ ...evidence, ports, refusals, untold, acceptsEverything: isAnswered },
    seen: isAnswered ? evidence.seen : limited([...evidence.seen, ...open]),
    settled: settledObservations(evidence, ports, declared, round.endedAt),
    lastRound: { endedAt: round.endedAt, pods: round.pods, podCount, portCount: asked.size },
  };
}

/** All but the decoys: of one that happens to be in use a sweep tells. */
function askedPorts({ readings, decoys }: Round): Set<number> {
  const asked = new Set(readings.flatMap(({ reading }) => [...reading.ports.keys()]));
  for (const port of decoys) asked.delete(port);
  return asked;
}

/** What the round says of each port: those to keep, the undeclared ones that were open, and how many refused or told nothing. */
function readPorts(
  evidence: Evidence,
  round: Round,
  asked: ReadonlySet<number>,
  declared: ReadonlySet<number>,
  settleMilliseconds: number,
): Pick<Evidence, 'refusals' | 'untold'> & { ports: Map<number, PortEvidence>; open: number[] } {
  const policiesYoung = round.endedAt - evidence.policiesSince < settleMilliseconds;
  const seen = new Set(evidence.seen);
  const ports = new Map<number, PortEvidence>();
  const open: number[] = [];
  const refusals = { ports: 0, counted: false };
  let untold = 0;
  for (const port of asked) {
    const isDeclared = declared.has(port);
    const { observed, pods, young } = aggregate(round.readings, port, isDeclared);
    const counted = !young && !policiesYoung;
    if (!isDeclared && observed === 'Open') open.push(port);
    if (!isDeclared && observed === 'Unknown') untold += 1;
    if (!isDeclared && observed === 'Refused') {
      refusals.ports += 1;
      refusals.counted ||= counted;
    }
    // The crowd of undeclared ports that were never open is not kept one by one.
    if (!isDeclared && observed !== 'Open' && !seen.has(port)) continue;
    const before = evidence.ports.get(port);
    const streak = (before?.observed === observed ? before.streak : 0) + (counted ? 1 : 0);
    ports.set(port, { observed, pods, streak });
  }
  return {
    ...{ ports, open, refusals: inARow(evidence.refusals, refusals.ports, refusals.counted) },
    untold: inARow(evidence.untold, untold, true),
  };
}

/** How many ports, and in how many rounds in a row there were any. */
function inARow(
  before: Evidence['refusals'],
  ports: number,
  counted: boolean,
): Evidence['refusals'] {
  return { ports, streak: ports > 0 ? before.streak + (counted ? 1 : 0) : 0 };
}

/** Whether any pod accepted connections on all the ports where nothing listens. */
function acceptsEverything({ decoys, readings }: Round): boolean {
  return (
    decoys.length > 0 &&
    readings.some(({ reading }) => decoys.every((port) => reading.ports.get(port) === 'open'))
  );
}

/** What can be relied on now: what is conclusive, and for the rest what was before. */
function settledObservations(
  evidence: Evidence,
  ports: ReadonlyMap<number, PortEvidence>,
  declared: ReadonlySet<number>,
  now: number,
): Map<number, SettledObservation> {
  const settled = new Map<number, SettledObservation>();
  for (const [port, latest] of ports) {
    const { observed, pods } = latest;
    const before = evidence.settled.get(port);
    const firstSeen = before?.observed === observed ? before.firstSeen : now;
    const reliable = isConclusive(latest, declared.has(port))
      ? { observed, pods, firstSeen, lastSeen: now }
      : before;
    if (reliable) settled.set(port, reliable);
  }
  return settled;
}

/** Adds a sweep in place of an older one of the same template; its open ports are asked in every round from now on. */
export function withSweep(
  evidence: Evidence,
  sweep: Sweep,
  openPorts: readonly number[],
  declared: ReadonlySet<number>,
): Evidence {
  // Other policies may have come and gone while it went on.
  if (sweep.policies !== evidence.policies || sweep.startedAt < evidence.policiesSince)
    return evidence;
  const open = openPorts.filter((port) => !declared.has(port));
  const others = evidence.sweeps.filter(({ templateHash }) => templateHash !== sweep.templateHash);
  // Where the sweep contradicts the last round, the next round has to tell.
  const ports = new Map(evidence.ports);
  for (const port of open) if (ports.get(port)?.observed !== 'Open') ports.delete(port);
  return {
    ...evidence,
    ports,
    seen: limited([...evidence.seen, ...open]),
    sweeps: [...others, sweep],
  };
}

/** Good news is conclusive at once; anything else after it was read the same often enough. */
export function isConclusive(port: PortEvidence, declared: boolean): boolean {
  const good = declared
    ? port.observed === 'Open'
    : port.observed === 'Filtered' || port.observed === 'Refused';
  return good || port.streak >= EQUAL_READINGS;
}

/**
 * Whether a sweep met refusals before the policies had settled: on a dropping network they may be
 * ports that are closed by now, so it has to be done again.
 */
export function isDoubtful(
  sweep: Sweep,
  evidence: Evidence,
  declaredPorts: number,
  settleMilliseconds: number,
): boolean {
  const settledAt = evidence.policiesSince + settleMilliseconds;
  return sweep.startedAt < settledAt && sweep.counts.refused > declaredPorts;
}

/** From best to worst for the owner: of a declared port, and of an undeclared one. */
const DECLARED_ORDER: readonly Observed[] = ['Open', 'Unknown', 'Refused', 'Filtered'];
const UNDECLARED_ORDER: readonly Observed[] = ['Filtered', 'Unknown', 'Refused', 'Open'];

const OBSERVED: Readonly<Record<Outcome, Observed>> = {
  open: 'Open',
  refused: 'Refused',
  filtered: 'Filtered',
  unreachable: 'Unknown',
  error: 'Unknown',
};

/** One port over all pods: the worst reading counts, and how many pods gave it. */
function aggregate(
  readings: readonly PodReading[],
  port: number,
  declared: boolean,
): Observation & { young: boolean } {
  const order = declared ? DECLARED_ORDER : UNDECLARED_ORDER;
  let observed: Observed | undefined;
  const pods = new Set<string>();
  let young = true;
  for (const { pod, young: podYoung, reading } of readings) {
    const outcome = reading.ports.get(port);
    if (outcome === undefined) continue;
    const here = OBSERVED[outcome];
    if (observed === undefined || order.indexOf(here) > order.indexOf(observed)) {
      observed = here;
      pods.clear();
      young = true;
    }
    if (here !== observed) continue;
    pods.add(pod.uid);
    young &&= podYoung;
  }
  return {
    observed: observed ?? 'Unknown',
    pods: pods.size,
    young: observed !== undefined && young,
  };
}

/** Ports that come and go at random must not add up for ever: every pod is asked for each of them. */
const MAXIMUM_SEEN = 1024;

function limited(ports: Iterable<number>): number[] {
  return [...new Set(ports)].sort(ascending).slice(0, MAXIMUM_SEEN);
}

function ascending(a: number, b: number): number {
  return a - b;
}
