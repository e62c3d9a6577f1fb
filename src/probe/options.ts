import { ProbeError } from './probe-error.ts';

/** How hard, and how patiently, to probe. One set for all jobs of a prober. */
export interface ProbeLimits {
  /**
   * Connections started in any one second, over all jobs; 0 = unlimited. What it spares is the
   * connection tracking of the nodes, where an unanswered SYN stays for 120 s.
   */
  connectionsPerSecond: number;
  /**
   * Connections under way at a time, 1 to 32,768; never more than half of the file descriptors
   * that the process may open, so that the rest of the program keeps its own. The upper bound keeps
   * one poll of the event loop able to deliver all answers (see engine.ts).
   */
  maximumInFlight: number;
  /** How long an answer may take before a port counts as filtered, 10 to 60,000 ms. */
  timeoutMilliseconds: number;
}

/**
 * For a sweep at full speed; measured by `npm run bench:probe`. 300 connections/s is what design and
 * flags set for a cluster; 0 is what `portlock probe` and the bench use.
 */
export const DEFAULT_LIMITS: ProbeLimits = {
  connectionsPerSecond: 300,
  maximumInFlight: 8_192,
  timeoutMilliseconds: 500,
};

/** @throws {ProbeError} InvalidJob, naming the limit that is out of range */
export function validateLimits(limits: ProbeLimits): void {
  inRange('connectionsPerSecond', limits.connectionsPerSecond, 0, 1_000_000);
  inRange('maximumInFlight', limits.maximumInFlight, 1, 32_768);
  inRange('timeoutMilliseconds', limits.timeoutMilliseconds, 10, 60_000);
}

function inRange(name: string, value: number, lowest: number, highest: number): void {
  if (!Number.isInteger(value) || value < lowest || value > highest)
    throw new ProbeError(
      'InvalidJob',
      `${name} must be an integer from ${lowest} to ${highest}, not ${String(value)}`,
    );
}
