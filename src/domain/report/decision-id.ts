import { fingerprint } from '../probing/probe-plan.ts';
import type { EventNote } from './events.ts';

/** Whom a decision is about. */
interface Subject {
  uid: string;
  /** Of the workload that was decided about, in the version that was decided on. */
  generation: number;
}

/**
 * What the Event and the line of the log about one decision have in common: the same of the same decision, in whichever
 * replica and however often, and another one for another workload, version, reason or sentence.
 */
export function decisionId({ uid, generation }: Subject, { reason, note }: EventNote): string {
  return fingerprint([uid, generation, reason, note]);
}
