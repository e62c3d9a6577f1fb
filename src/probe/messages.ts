import type { Reading } from '../domain/reading.ts';
import type { ProbeJob } from './job.ts';

/** From the prober to its worker. */
export type Request =
  | { type: 'probe'; id: number; job: ProbeJob; wantsProgress: boolean }
  | { type: 'abort'; id: number };

/** From the worker to its prober: how far a `probe` is, and the one reading of one that was not aborted. */
export type Response =
  | { type: 'progress'; id: number; done: number; total: number }
  | { type: 'reading'; id: number; reading: Reading };
