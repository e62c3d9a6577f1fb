import { EQUAL_READINGS } from './evidence.ts';
import type { Outcome } from './reading.ts';

/**
 * What a denied connection looks like on this network, as the operator's replicas saw it on each
 * other: `Dropped` (no answer), `Rejected` (a refusal), `NotEnforced` (the connection was made), or
 * `Unknown` where the proof is missing.
 */
export type CalibrationState = 'Dropped' | 'Rejected' | 'NotEnforced' | 'Unknown';

/** What connections from one node to another showed. */
export interface Calibration {
  state: CalibrationState;
  /** Why, in a sentence. */
  message: string;
  /** Between these nodes; undefined where nothing was measured. */
  between: { fromNode: string; toNode: string } | undefined;
  /** Since when it is so, in ms since the epoch. */
  since: number;
}

/** A calibration, and the readings that may change it. */
export interface CalibrationProgress {
  calibration: Calibration;
  latest: CalibrationState;
  /** How many times in a row `latest` was read, young pods and policies aside. */
  streak: number;
  /** When it was last read, in ms since the epoch. */
  readAt: number;
}

/** What one replica saw of another: of the canary port, which no policy allows, and of a port that is allowed. */
export interface CanaryReading {
  canary: Outcome;
  control: Outcome;
  /** Whether the pod or the policy is so young that bad news does not count yet. */
  young: boolean;
}

/** Nothing is known, and why. */
export function uncalibrated(message: string): Calibration {
  return { state: 'Unknown', message, between: undefined, since: 0 };
}

/**
 * Adds the readings of all addresses of the other replica on a node. `Dropped` counts at once; what speaks
 * against the network must be read three times.
 */
export function calibrate(
  before: CalibrationProgress | undefined,
  readings: readonly CanaryReading[],
  between: { fromNode: string; toNode: string },
  now: number,
): CalibrationProgress {
  const states = readings.map((reading) => ({ state: stateOf(reading), young: reading.young }));
  const worst = ORDER.find((state) => states.some((each) => each.state === state)) ?? 'Unknown';
  const counts = states.some((each) => each.state === worst && !each.young) ? 1 : 0;
  const streak = (before?.latest === worst ? before.streak : 0) + counts;
  const conclusive = worst === 'Dropped' || streak >= EQUAL_READINGS;
  const known = before?.calibration ?? { ...uncalibrated(NOT_YET), between };
  const message = MESSAGES[worst];
  // That nothing was measured yet is another thing than that nothing can be.
  const isSame = !conclusive || known.message === message;
  const calibration = isSame ? known : { state: worst, message, between, since: now };
  return { calibration, latest: worst, streak, readAt: now };
}

/** Whether the last readings need no repetition soon. */
export function isCalibrated({ calibration, latest }: CalibrationProgress): boolean {
  return calibration.state === latest && latest !== 'Unknown';
}

/**
 * The calibration that counts for pods on these nodes. Each node has its own, or else that of the other
 * nodes. Of all these it is the one that allows the least to be claimed.
 *
 * @param calibrations those of connections from the prober's node, at least one
 */
export function calibrationFor(
  calibrations: readonly Calibration[],
  nodes: readonly string[],
): Calibration {
  const counting = new Set<Calibration>();
  for (const node of new Set(nodes.length > 0 ? nodes : [''])) {
    const own = calibrations.filter(({ between }) => between?.toNode === node);
    for (const each of own.length > 0 ? own : calibrations) counting.add(each);
  }
  const [first] = [...counting].sort(byCaution);
  return first ?? uncalibrated(NOT_YET);
}

function byCaution(a: Calibration, b: Calibration): number {
  const order = CAUTION.indexOf(a.state) - CAUTION.indexOf(b.state);
  return order || ((a.between?.toNode ?? '') < (b.between?.toNode ?? '') ? -1 : 1);
}

/** From the one that allows the least to be claimed to the one that allows the most. */
const CAUTION: readonly CalibrationState[] = ['NotEnforced', 'Unknown', 'Rejected', 'Dropped'];

/** From the worst to the best. */
const ORDER: readonly CalibrationState[] = ['NotEnforced', 'Rejected', 'Dropped'];

export const NOT_YET =
  'What a denied connection looks like on this network has not been measured yet';

const MESSAGES: Readonly<Record<CalibrationState, string>> = {
  Dropped: 'A connection that no policy allows gets no answer on this network',
  Rejected: 'A connection that no policy allows is refused on this network',
  NotEnforced:
    'This network does not enforce NetworkPolicies: a connection that no policy allows was made between two replicas of the operator',
  Unknown:
    'The replicas of the operator cannot reach each other, so what a denied connection looks like is not known',
};

function stateOf({ canary, control }: CanaryReading): CalibrationState {
  // Without an answer from the allowed port, silence from the other one proves nothing.
  if (control !== 'open') return 'Unknown';
  if (canary === 'filtered') return 'Dropped';
  if (canary === 'refused') return 'Rejected';
  return canary === 'open' ? 'NotEnforced' : 'Unknown';
}
