/** Settings of the operator that decisions depend on, in milliseconds. */
export interface Timing {
  /** How old a pod or policy must be before bad news about it counts. */
  settle: number;
  /** How long a conclusive probe stays fresh. */
  interval: number;
  /** A share of the interval from 0 to 1, by up to which rounds come earlier, so that they spread. */
  jitter: number;
  /** How long readiness is watched after a policy was first applied, or allowed less; 0 for not at all. */
  brake: number;
  /** How long a first policy waits for one round of the pods that are ready; 0 for not at all. */
  preflight: number;
  /** The share of the pods that a round asks where not all of them can have one in an interval; all where absent. */
  share?: number;
}

/**
 * While nothing changes, the second probe asks this many times more seldom than the first. There would be no
 * time for the sweeps of many pods if all of them were asked twice.
 */
export const SECOND_INTERVALS = 4;

/** The second probe's. */
export function secondTiming(timing: Timing): Timing {
  return { ...timing, interval: SECOND_INTERVALS * timing.interval };
}
