import { familyOf, type IpFamily } from '../match/ip-family.ts';
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
  /** Ports that only other namespaces refer to. */
  referred: readonly number[];
  /** Ports on which nothing listens, as far as anybody knows: where all of them are open, something answers for the pod. */
  decoys: readonly number[];
  readings: readonly PodReading[];
  /** Milliseconds since the epoch. */
  endedAt: number;
}

/** All TCP ports of one address of one pod of a template. Times are in milliseconds since the epoch. */
export interface Sweep {
  ip: string;
  templateHash: string;
  policies: string;
  pod: ProbedPod;
  startedAt: number;
  endedAt: number;
  counts: Readonly<Record<Outcome, number>>;
}

/** What was observed of one port, the worst over all addresses of all pods, and on how many of the pods. */
export interface Observation {
  observed: Observed;
  pods: number;
}

/** An observation that can be relied on: since when it is the same, and when it was last read (ms since the epoch). */
export interface SettledObservation extends Observation {
  firstSeen: number;
  lastSeen: number;
  /** Where pods were asked over both families and only one showed it: that one. */
  families?: readonly IpFamily[];
}

/** An observation, and how many rounds in a row gave it, young pods and policies aside. */
export interface PortEvidence extends Observation {
  streak: number;
  /** The same of each family that showed it, where pods were asked over both. */
  byFamily?: Readonly<Partial<Record<IpFamily, number>>>;
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
  /** Of ports that only other namespaces refer to, how many rounds in a row found that every pod refuses. */
  referred: ReadonlyMap<number, number>;
  /** What every pod refused under the policies before: a report may not have told of it yet. */
  refusedEarlier: RefusedEarlier | undefined;
  /** Whether a pod accepted connections where nothing listens: then an open port proves nothing. */
  acceptsEverything: boolean;
  lastRound: LastRound | undefined;
  /** Pods that showed what is bad news in the last round, by uid: of each port one. Others may not tell whether it is mended. */
  witnesses: readonly string[];
  /** How far a sweep is that is under way, in percent and in steps of 25; absent before the first step. */
  sweptPercent?: number;
  sweeps: readonly Sweep[];
}

/** Ports that only other namespaces refer to and on which every pod refused often enough. */
interface RefusedEarlier {
  ports: readonly number[];
  /** A fingerprint of the pods that were asked. */
  pods: string;
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
  known: Pick<Evidence, 'settled' | 'seen'> & Partial<Pick<Evidence, 'sweeps' | 'refusedEarlier'>>,
): Evidence {
  return {
    policies,
    policiesSince,
    ports: new Map(),
    refusals: { ports: 0, streak: 0 },
    untold: { ports: 0, streak: 0 },
    acceptsEverything: false,
    lastRound: undefined,
    witnesses: [],
    referred: new Map(),
    refusedEarlier: known.refusedEarlier,
    settled: known.settled,
    seen: known.seen,
    sweeps: known.sweeps ?? [],
  };
}

/**
 * Evidence as it applies now. Sweeps of templates that have no pod any more say nothing. A port
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
  const { settled, seen, lastRound } = evidence;
  const refusedEarlier = lastRound
    ? { ports: refusingPorts(evidence), pods: lastRound.pods }
    : evidence.refusedEarlier;
  return emptyEvidence(policies, now, { settled, seen, refusedEarlier });
}

/** Ports that only other namespaces refer to, where every pod refused often enough under the policies of now. */
export function refusingPorts({ referred }: Evidence): number[] {
  return [...referred].flatMap(([port, rounds]) => (rounds >= EQUAL_READINGS ? [port] : []));
}

/** Adds a sweep in place of an older one of the same template and IP family. Its open ports are asked in every round from now on. */
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
  const others = evidence.sweeps.filter(
    (each) => each.templateHash !== sweep.templateHash || familyOf(each.ip) !== familyOf(sweep.ip),
  );
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
export function isConclusive({ observed, streak }: PortEvidence, declared: boolean): boolean {
  return isGood(observed, declared) || streak >= EQUAL_READINGS;
}

export function isGood(observed: Observed, declared: boolean): boolean {
  return declared ? observed === 'Open' : observed === 'Filtered' || observed === 'Refused';
}

/**
 * Whether a sweep met refusals before the policies had settled. On a dropping network such ports may
 * be closed by now, so it has to be done again.
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

/** Ports that come and go at random must not add up for ever: every pod is asked for each of them. */
const MAXIMUM_SEEN = 1024;

export function limited(ports: Iterable<number>): number[] {
  return [...new Set(ports)].sort(ascending).slice(0, MAXIMUM_SEEN);
}

function ascending(a: number, b: number): number {
  return a - b;
}
