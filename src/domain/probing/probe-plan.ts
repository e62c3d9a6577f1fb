import { hash } from 'node:crypto';
import type { Pod } from '../workload/workload.ts';
import type { Calibration } from './calibration.ts';
import { drawDecoys } from './decoys.ts';
import { EQUAL_READINGS, type Evidence, isConclusive, isGood, type Observed } from './evidence.ts';
import { sampled } from './sample.ts';
import { type PlannedSweep, planSweeps } from './sweep-plan.ts';
import type { Timing } from './timing.ts';
import { WELL_KNOWN_PORTS } from './well-known-ports.ts';

/** What to connect to now, and when to look again. */
export interface ProbePlan {
  /** A round is due: these ports of these pods, all or a sample of each template. */
  round: PlannedRound | undefined;
  /** One pod of each template whose full sweep is due, and its addresses of the families that are. */
  sweeps: readonly PlannedSweep[];
  /** When something that is not due yet will be, in ms since the epoch. What is due now ends in a new decision anyway. */
  nextAt: number | undefined;
  /** Whether the last round asked every pod and left nothing open. */
  conclusive: boolean;
  /** How many templates are still to be swept: that goes on in the background and may take hours. */
  unswept: number;
}

export interface PlannedRound {
  pods: readonly Pod[];
  podsFingerprint: string;
  /** Declared, once-seen, well-known and referred ports and decoys, sorted. */
  ports: readonly number[];
  /** Ports that only other namespaces refer to. */
  referred: readonly number[];
  /** High ports that nobody is known to use, other ones each time. */
  decoys: readonly number[];
}

export const NOTHING_TO_PROBE: ProbePlan = {
  round: undefined,
  sweeps: [],
  nextAt: undefined,
  conclusive: true,
  unswept: 0,
};

/** Between two readings of what is not conclusive, in ms; shorter where the settle time is. */
const MAXIMUM_PACE = 5000;

/** What a plan is made from. */
interface ProbePlanInput {
  /** In ms since the epoch. */
  now: number;
  timing: Timing;
  /** Those that may be probed. */
  pods: readonly Pod[];
  proberNode: string;
  declared: ReadonlySet<number>;
  /** Ports of which is to be known whether the pods listen there. */
  referred: readonly number[];
  evidence: Evidence;
  calibration: Calibration;
  /** Whether nothing but declared ports should answer: refusals are then bad news on a dropping network. */
  enforced: boolean;
  /** Whether the pods are swept from here; otherwise only rounds are made. */
  sweeping: boolean;
}

/** Plans the probing of the pods. */
export function planProbe(input: ProbePlanInput): ProbePlan {
  const { now, pods, evidence, calibration, enforced } = input;
  if (pods.length === 0) return NOTHING_TO_PROBE;
  const podsFingerprint = fingerprintOf(pods);
  const isDropping = enforced && calibration.state === 'Dropped';
  const { dueAt, conclusive } = nextRound(input, podsFingerprint, isDropping);
  const { due, again, unswept } = planSweeps(input, isDropping);
  const areSwept = !evidence.acceptsEverything;
  return {
    round: dueAt <= now ? plannedRound(input, podsFingerprint) : undefined,
    sweeps: conclusive && areSwept ? due : [],
    nextAt: [dueAt, ...again].filter((time) => time > now).sort((a, b) => a - b)[0],
    conclusive,
    unswept: areSwept ? unswept : 0,
  };
}

/** When the next round is due, and whether the last one asked every pod and left nothing open. */
function nextRound(
  { timing, pods, declared, referred, evidence }: ProbePlanInput,
  podsFingerprint: string,
  isDropping: boolean,
): { dueAt: number; conclusive: boolean } {
  const asked =
    evidence.lastRound?.pods === podsFingerprint &&
    [...declared, ...evidence.seen].every((port) => evidence.ports.has(port)) &&
    referred.every((port) => evidence.referred.has(port));
  const conclusive = asked && roundIsConclusive(evidence, { declared, referred }, isDropping);
  const pace = Math.min(timing.settle / EQUAL_READINGS, MAXIMUM_PACE);
  const youngest = Math.max(evidence.policiesSince, ...pods.map(({ readySince }) => readySince));
  const state = { asked, conclusive, pace, settledAt: youngest + timing.settle };
  return { dueAt: roundDueAt(evidence, state, timing, podsFingerprint), conclusive };
}

function plannedRound(input: ProbePlanInput, podsFingerprint: string): PlannedRound {
  const { now, declared, referred, evidence } = input;
  const asked = podsToAsk(input);
  const watched = watchedPorts([...declared, ...referred], evidence);
  const decoys = seededDecoys(fingerprint([podsFingerprint, now]), watched);
  return {
    pods: asked,
    podsFingerprint,
    ports: ascending([...watched, ...decoys]),
    referred,
    decoys,
  };
}

/**
 * All pods, or a sample of them. Only all can tell whether none listens on a port that pre-flight asks about. The same where
 * something is bad news and nobody knows which pods showed it, as after a restart.
 */
function podsToAsk(input: ProbePlanInput): readonly Pod[] {
  const { now, timing, pods, declared, referred, evidence } = input;
  const { share = 1, interval } = timing;
  const { ports, witnesses } = evidence;
  const isBad = ([port, { observed }]: [number, { observed: Observed }]) =>
    !isGood(observed, declared.has(port));
  const isUnknown = witnesses.length === 0 && ports.entries().some(isBad);
  if (share >= 1 || isUnknown || referred.length > 0) return pods;
  return sampled(pods, { share, always: witnesses, turn: Math.floor(now / interval) });
}

/** Asked TCP ports, those once seen open, and the well-known ones, sorted. */
function watchedPorts(asked: readonly number[], evidence: Evidence): number[] {
  const ports = new Set([...asked, ...evidence.seen, ...WELL_KNOWN_PORTS]);
  return ascending(ports);
}

/** Decoys that are drawn by a seed in hexadecimal, so that the same snapshot has the same plan. */
function seededDecoys(seed: string, watched: readonly number[]): readonly number[] {
  let drawn = 0;
  return drawDecoys(watched, (count) => {
    const digits = fingerprint([seed, drawn++]).slice(0, 8);
    return Number.parseInt(digits, 16) % count;
  });
}

function ascending(ports: Iterable<number>): number[] {
  return [...ports].sort((a, b) => a - b);
}

function roundIsConclusive(
  evidence: Evidence,
  { declared, referred }: { declared: ReadonlySet<number>; referred: readonly number[] },
  dropping: boolean,
): boolean {
  for (const [port, reading] of evidence.ports) {
    if (!isConclusive(reading, declared.has(port))) return false;
  }
  for (const port of referred) {
    const streak = evidence.referred.get(port) ?? 0;
    if (streak > 0 && streak < EQUAL_READINGS) return false;
  }
  const { refusals, untold } = evidence;
  if (untold.ports > 0 && untold.streak < EQUAL_READINGS) return false;
  return !dropping || refusals.ports === 0 || refusals.streak >= EQUAL_READINGS;
}

function roundDueAt(
  evidence: Evidence,
  state: { asked: boolean; conclusive: boolean; pace: number; settledAt: number },
  timing: Timing,
  seed: string,
): number {
  const { asked, conclusive, pace, settledAt } = state;
  const last = evidence.lastRound;
  if (!last) return 0;
  // Not at once: pods that come and go would be asked without end.
  if (!asked) return last.endedAt + Math.min(pace, 1000);
  if (!conclusive) return last.endedAt + pace;
  // Good news from pods or policies that had not settled is looked at once more when they have.
  // At least a quarter of the jitter earlier: a round waits for its turn and takes its time.
  const earlier = timing.jitter * (0.25 + 0.75 * share(seed));
  const fresh = last.endedAt + timing.interval * (1 - earlier);
  return last.endedAt < settledAt ? Math.min(settledAt, fresh) : fresh;
}

/** From 0 to 1, always the same for the same seed in hexadecimal. */
function share(seed: string): number {
  return Number.parseInt(seed.slice(0, 4), 16) / 0xffff;
}

/** A short name for pods and their addresses, in whatever order. */
export function fingerprintOf(pods: readonly Pod[]): string {
  const inOrder = [...pods].sort((a, b) => (a.uid < b.uid ? -1 : 1));
  return fingerprint(inOrder.map(({ uid, ips }) => [uid, ...ips]));
}

/** A short name for plain data: equal data, equal name. */
export function fingerprint(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'hex').slice(0, 16);
}
