import type { Rates } from './options.ts';
import type { Tally } from './tally.ts';
import type { Work } from './task.ts';

/** From the prober to its worker. */
export type Request =
  | { type: 'probe'; id: number; work: Work; wantsProgress: boolean }
  | { type: 'abort'; id: number }
  | { type: 'rates'; rates: Rates }
  /** Drops all work; the thread ends when no made connection lingers any more. */
  | { type: 'end' };

/** From the worker to its prober: how far a `probe` is, and the one tally of one that was not aborted. */
export type Response =
  | { type: 'progress'; id: number; done: number; total: number }
  | { type: 'tally'; id: number; tally: Tally };
