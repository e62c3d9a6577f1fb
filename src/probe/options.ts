import { ProbeError } from './probe-error.ts';

/** How hard, and how patiently, to probe. One set for all jobs of a prober. */
export interface ProbeLimits {
  /**
   * Connections started in any one second, over all jobs, 0 to 1,000,000; 0 = unlimited. What it spares
   * is the connection tracking of the nodes, where an unanswered SYN stays for 120 s, as does a connection
   * that was closed in order. (The kernel repeats the SYN of a connection that waits for more than 1 s, as
   * second attempts do: one packet more, but no entry more.)
   */
  connectionsPerSecond: number;
  /** Of these, to the targets of one node, 0 to 1,000,000; unlimited where not given, and for 0. */
  connectionsPerSecondToNode?: number;
  /**
   * Connections under way at a time, 1 to 32,768; never more than half of the file descriptors
   * that the process may open, so that the rest of the program keeps its own. The upper bound keeps
   * one poll of the event loop able to deliver all answers (see engine.ts).
   */
  maximumInFlight: number;
  /**
   * How long the first attempt waits for an answer at most, 10 to 60,000 ms: less where the target's
   * answers have shown that they are faster. Later attempts wait at least twice as long.
   */
  timeoutMilliseconds: number;
}

/** Connections a second, of a prober and of those to the targets of one node; 0 for as many as go. */
export type Rates = Required<
  Pick<ProbeLimits, 'connectionsPerSecond' | 'connectionsPerSecondToNode'>
>;

/**
 * 300 connections/s hold 36,000 entries of connection tracking; the kernel collects those that have
 * expired up to a minute later, so that it counts half as many again. 8,192 in flight take 15 MiB of the
 * process and 44 MiB of kernel memory while they last; `npm run bench:probe` measures it.
 */
export const DEFAULT_LIMITS: ProbeLimits = {
  connectionsPerSecond: 300,
  maximumInFlight: 8_192,
  timeoutMilliseconds: 500,
};

/** @throws {ProbeError} InvalidJob, naming the limit that is out of range */
export function validateLimits(limits: ProbeLimits): void {
  inRange('connectionsPerSecond', limits.connectionsPerSecond, 0, 1_000_000);
  inRange('connectionsPerSecondToNode', limits.connectionsPerSecondToNode ?? 0, 0, 1_000_000);
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
