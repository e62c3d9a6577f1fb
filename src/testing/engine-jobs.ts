import type { ProbeJob } from '../probe/job.ts';
import type { Answer } from './scripted-network.ts';

/** What tests of the engine on a scripted network ask of it. */

export const LIMITS = { connectionsPerSecond: 0, maximumInFlight: 1_000, timeoutMilliseconds: 100 };
/** A signal that is never aborted. */
export const never = new AbortController().signal;

/** So many ports, from 1. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index + 1);
}

export function check(ip: string, ports: number[]): ProbeJob {
  return { ip, ports, priority: 'check' };
}

export function refused(after: Answer['after'] = 1): Answer {
  return { result: 'ECONNREFUSED', after };
}
