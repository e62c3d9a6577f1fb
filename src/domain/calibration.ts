import { EQUAL_READINGS } from './evidence.ts';
import type { Outcome } from './reading.ts';

/**
 * What a denied connection looks like on this network, as the operator's replicas saw it on each
 * other: `Dropped` (no answer), `Rejected` (a refusal), `NotEnforced` (the connection was made), or
 * `Unknown` where the proof is missing.
 */
export type CalibrationState = 'Dropped' | 'Rejected' | 'NotEnforced' | 'Unknown';

export interface Calibration {
  state: CalibrationState;
  /** Why, in a sentence. */
  message: string;
}

/** A calibration, and the readings that may change it. */
export interface CalibrationProgress {
  calibration: Calibration;
  latest: CalibrationState;
  /** How many times in a row `latest` was read, young pods and policies aside. */
  streak: number;
}

/** What one replica saw of another: of the canary port, which no policy allows, and of a port that is allowed. */
export interface CanaryReading {
  canary: Outcome;
  control: Outcome;
  /** Whether the pod or the policy is so young that bad news does not count yet. */
  young: boolean;
}

/** Nothing is known yet. */
export function uncalibrated(message: string): CalibrationProgress {
  return { calibration: { state: 'Unknown', message }, latest: 'Unknown', streak: 0 };
}

/**
 * Adds the readings of all other replicas. `Dropped` counts at once; what speaks against the network
 * must be read three times.
 */
export function calibrate(
  progress: CalibrationProgress,
  readings: readonly CanaryReading[],
): CalibrationProgress {
  const states = readings.map((reading) => ({ state: stateOf(reading), young: reading.young }));
  const worst = ORDER.find((state) => states.some((each) => each.state === state)) ?? 'Unknown';
  const counts = states.some((each) => each.state === worst && !each.young) ? 1 : 0;
  const streak = (progress.latest === worst ? progress.streak : 0) + counts;
  const conclusive = worst === 'Dropped' || streak >= EQUAL_READINGS;
  const calibration = conclusive
    ? { state: worst, message: MESSAGES[worst] }
    : progress.calibration;
  return { calibration, latest: worst, streak };
}

/** Whether the last readings need no repetition soon. */
export function isCalibrated({ calibration, latest }: CalibrationProgress): boolean {
  return calibration.state === latest && latest !== 'Unknown';
}

/** From the worst to the best. */
const ORDER: readonly CalibrationState[] = ['NotEnforced', 'Rejected', 'Dropped'];

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
