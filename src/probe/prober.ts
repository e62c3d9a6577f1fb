import { availableParallelism } from 'node:os';
import type { Reading } from '../domain/probing/reading.ts';
import { fileDescriptorLimit } from './file-descriptors.ts';
import { type ProbeJob, validateJob } from './job.ts';
import { type ProbeLimits, validateLimits } from './options.ts';
import { ProbeError } from './probe-error.ts';
import { ProbeThread } from './probe-thread.ts';
import { ratesOf, type SharedRates, sharedRatesOf } from './shared-rates.ts';
import { readingOf } from './tally.ts';
import type { Work } from './task.ts';

export interface ProberOptions extends ProbeLimits {
  /** Connections a second of all probers together, see shareRates; unlimited where not given, and for 0. */
  connectionsPerSecondOfAll?: number;
  /** After so long without a job a worker ends and gives its memory back; default 60,000 ms. */
  idleMilliseconds?: number;
}

/** What a caller may want besides the reading. */
export interface ProbeOptions {
  /**
   * Is told how many of the job's ports have an outcome, at most five times a second, and once at the
   * end. `done` falls where silent ports are tried again.
   */
  onProgress?: (done: number, total: number) => void;
}

/** More would share two cores with the target's kernel, and with everything else. */
const MOST_THREADS = 2;

/**
 * Probes IPs in threads of its own, so that 65,535 connections never delay the caller's event loop.
 * At an unlimited rate, which is bound by the processor, there are two where there are two cores: they
 * take turns, and share the sweep of all ports.
 */
export class Prober {
  readonly #threads: readonly ProbeThread[];
  readonly #rates: SharedRates;
  #probers = 1;
  #isClosed = false;

  /** @throws {ProbeError} InvalidJob where a limit is out of range */
  constructor(options: ProberOptions) {
    validateLimits(options);
    this.#rates = sharedRatesOf(options);
    const rates = ratesOf(this.#rates, 1);
    const half = Math.floor((fileDescriptorLimit() ?? Number.POSITIVE_INFINITY) / 2);
    const inFlight = Math.max(1, Math.min(options.maximumInFlight, half));
    const isUnlimited = rates.connectionsPerSecond + rates.connectionsPerSecondToNode === 0;
    const length = isUnlimited ? Math.min(MOST_THREADS, availableParallelism(), inFlight) : 1;
    const limits: ProbeLimits = {
      ...rates,
      maximumInFlight: Math.floor(inFlight / length),
      timeoutMilliseconds: options.timeoutMilliseconds,
    };
    const idle = options.idleMilliseconds ?? 60_000;
    this.#threads = Array.from({ length }, () => new ProbeThread(limits, idle));
  }

  /**
   * Connects to the ports of one IP, and says what was seen.
   * @throws {ProbeError} InvalidJob; WorkerDied (worth another try); Closed
   * @throws the signal's reason when it is aborted
   */
  async probe(
    job: ProbeJob,
    signal: AbortSignal,
    { onProgress }: ProbeOptions = {},
  ): Promise<Reading> {
    signal.throwIfAborted();
    if (this.#isClosed) throw new ProbeError('Closed', 'the prober is closed');
    const parts = this.#parts(validateJob(job));
    // Where one part fails, nobody waits for the others.
    const failed = new AbortController();
    const anyEnd = AbortSignal.any([signal, failed.signal]);
    const progress = sumOfProgress(parts.length, onProgress);
    try {
      const tallies = await Promise.all(
        parts.map(({ thread, work }, index) => thread.probe(work, anyEnd, progress?.(index))),
      );
      return readingOf(tallies);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  }

  /** Connections that it may make a second; 0 for as many as go. */
  get connectionsPerSecond(): number {
    return ratesOf(this.#rates, this.#probers).connectionsPerSecond;
  }

  /** Keeps to its part of what so many probers may do together; at least one connection a second. */
  shareRates(probers: number): void {
    if (probers === this.#probers) return;
    this.#probers = probers;
    // Without a rate there are two threads, and each would keep to one of its own.
    const rates = ratesOf(this.#rates, probers);
    if (this.#threads.length === 1) this.#threads[0]?.setRates(rates);
  }

  /** Ends the workers; jobs under way fail with `Closed`. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const reason = new ProbeError('Closed', 'the prober was closed');
    await Promise.all(this.#threads.map((thread) => thread.end(reason)));
  }

  #parts(job: ProbeJob): { thread: ProbeThread; work: Work }[] {
    const of = this.#threads.length;
    if (job.ports !== 'all' || of === 1) {
      const thread = this.#threads.reduce((a, b) => (b.load < a.load ? b : a));
      return [{ thread, work: job }];
    }
    return this.#threads.map((thread, index) => ({
      thread,
      work: { ...job, part: { index, of } },
    }));
  }
}

/** Adds up how far the parts of a job are; told as often as one of them is, and at the end once. */
function sumOfProgress(parts: number, onProgress: ProbeOptions['onProgress']) {
  if (onProgress === undefined) return undefined;
  const done = new Array<number>(parts).fill(0);
  const total = new Array<number>(parts).fill(0);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b);
  return (index: number) => (partDone: number, partTotal: number) => {
    done[index] = partDone;
    total[index] = partTotal;
    const isKnown = total.every((each) => each > 0);
    const isLast = sum(done) === sum(total);
    if (isKnown && (index === 0 || isLast)) onProgress(sum(done), sum(total));
  };
}
