import type { Reading } from '../domain/reading.ts';
import type { ProbeJob } from './job.ts';

/** From the prober to its worker. */
export type Request = { type: 'probe'; id: number; job: ProbeJob } | { type: 'abort'; id: number };

/** From the worker to its prober: the one answer to a `probe` that was not aborted. */
export interface Response {
  id: number;
  reading: Reading;
}
