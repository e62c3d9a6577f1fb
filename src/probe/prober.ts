import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { Reading } from '../domain/reading.ts';
import { type ProbeJob, validateJob } from './job.ts';
import type { Request, Response } from './messages.ts';
import { type ProbeLimits, validateLimits } from './options.ts';
import { ProbeError } from './probe-error.ts';

export interface ProberOptions extends ProbeLimits {
  /** After so long without a job the worker ends and gives its memory back; default 60,000 ms. */
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

interface PendingJob {
  onProgress: ProbeOptions['onProgress'];
  resolve(reading: Reading): void;
  reject(error: unknown): void;
}

/**
 * Bounds of the worker's heap, in MiB. A waiting socket outlives any young generation, so a small one
 * costs no time (measured: 6 to 32 MiB are equally fast) and spares 15 MiB. In the old one each takes
 * 1.5 KiB (and 2 KiB of the process, and 5 KiB of the kernel); the bound turns a leak into a dead worker
 * instead of a killed process.
 */
function resourceLimits(maximumInFlight: number): ResourceLimits {
  return {
    maxYoungGenerationSizeMb: 8,
    maxOldGenerationSizeMb: 64 + Math.ceil(maximumInFlight / 256),
  };
}

/**
 * Probes IPs in a thread of its own, so that 65,535 connections never delay the caller's event loop.
 * The worker is started by the first job, ends after an idle time, and never keeps a process alive
 * that has nothing else to do.
 *
 * Its code is `worker.ts` beside this file when run from source, and `probe-worker.js` beside the
 * bundle otherwise: the bundler needs a second entry of that name, in the same folder.
 */
export class Prober {
  readonly #limits: ProbeLimits;
  readonly #idleMilliseconds: number;
  readonly #jobs = new Map<number, PendingJob>();
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #lastId = 0;
  #isClosed = false;

  /** @throws {ProbeError} InvalidJob where a limit is out of range */
  constructor(options: ProberOptions) {
    const { connectionsPerSecond, maximumInFlight, timeoutMilliseconds } = options;
    this.#limits = { connectionsPerSecond, maximumInFlight, timeoutMilliseconds };
    validateLimits(this.#limits);
    this.#idleMilliseconds = options.idleMilliseconds ?? 60_000;
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
    const validJob = validateJob(job);
    const worker = this.#ensureWorker();
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Reading>();
    const abort = () => {
      worker.postMessage({ type: 'abort', id } satisfies Request);
      reject(signal.reason);
    };
    this.#jobs.set(id, { onProgress, resolve, reject });
    signal.addEventListener('abort', abort, { once: true });
    const wantsProgress = onProgress !== undefined;
    worker.postMessage({ type: 'probe', id, job: validJob, wantsProgress } satisfies Request);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#jobs.delete(id);
      if (this.#jobs.size === 0) this.#rest(worker);
    }
  }

  /** Ends the worker; jobs under way fail with `Closed`. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#endWorker(new ProbeError('Closed', 'the prober was closed'));
  }

  #ensureWorker(): Worker {
    clearTimeout(this.#idleTimer);
    this.#worker ??= this.#startWorker();
    this.#worker.ref();
    return this.#worker;
  }

  #startWorker(): Worker {
    const worker = new Worker(workerUrl(), {
      name: 'portlock-probe',
      workerData: this.#limits,
      resourceLimits: resourceLimits(this.#limits.maximumInFlight),
    });
    let cause: unknown;
    worker.on('message', (response: Response) => {
      const job = this.#jobs.get(response.id);
      if (response.type === 'reading') job?.resolve(response.reading);
      else job?.onProgress?.(response.done, response.total);
    });
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return; // ended on purpose
      this.#worker = undefined;
      const why = cause instanceof Error ? cause.message : `exit code ${code}`;
      this.#failJobs(new ProbeError('WorkerDied', `the probe worker died: ${why}`, { cause }));
    });
    return worker;
  }

  #rest(worker: Worker): void {
    if (this.#worker !== worker) return;
    worker.unref();
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => void this.#endWorker(), this.#idleMilliseconds).unref();
  }

  async #endWorker(reason?: ProbeError): Promise<void> {
    clearTimeout(this.#idleTimer);
    const worker = this.#worker;
    this.#worker = undefined;
    if (reason !== undefined) this.#failJobs(reason);
    await worker?.terminate();
  }

  #failJobs(error: ProbeError): void {
    for (const job of this.#jobs.values()) job.reject(error);
    this.#jobs.clear();
  }
}

function workerUrl(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './worker.ts' : './probe-worker.js', import.meta.url);
}
