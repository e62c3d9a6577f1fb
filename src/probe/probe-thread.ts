import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { heapBounds } from './heap-bounds.ts';
import type { Request, Response } from './messages.ts';
import type { ProbeLimits, Rates } from './options.ts';
import { ProbeError } from './probe-error.ts';
import type { Tally } from './tally.ts';
import type { Work } from './task.ts';

interface PendingWork {
  onProgress: ((done: number, total: number) => void) | undefined;
  resolve(tally: Tally): void;
  reject(error: unknown): void;
}

/** So long the thread has to hang up in order at its end: others have to end, too, and in time. */
const GOODBYE_MILLISECONDS = 4_000;

/**
 * An engine in a thread of its own. The thread is started by the first work, ends after an idle time,
 * and never keeps a process alive that has nothing else to do.
 *
 * Its code is `worker.ts` beside this file when run from source, and `probe-worker.js` beside the
 * bundle otherwise: the bundler needs a second entry of that name, in the same folder.
 */
export class ProbeThread {
  #limits: ProbeLimits;
  readonly #idleMilliseconds: number;
  readonly #pending = new Map<number, PendingWork>();
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #lastId = 0;

  /** @param limits valid ones, already bounded by what the process may open */
  constructor(limits: ProbeLimits, idleMilliseconds: number) {
    this.#limits = limits;
    this.#idleMilliseconds = idleMilliseconds;
  }

  /** How many jobs, or parts of jobs, it works on. */
  get load(): number {
    return this.#pending.size;
  }

  /**
   * @param work a valid job
   * @throws {ProbeError} WorkerDied, Closed
   * @throws the signal's reason when it is aborted
   */
  async probe(
    work: Work,
    signal: AbortSignal,
    onProgress: PendingWork['onProgress'],
  ): Promise<Tally> {
    signal.throwIfAborted();
    const worker = this.#ensureWorker();
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Tally>();
    const abort = () => {
      worker.postMessage({ type: 'abort', id } satisfies Request);
      reject(signal.reason);
    };
    this.#pending.set(id, { onProgress, resolve, reject });
    signal.addEventListener('abort', abort, { once: true });
    const wantsProgress = onProgress !== undefined;
    worker.postMessage({ type: 'probe', id, work, wantsProgress } satisfies Request);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#pending.delete(id);
      this.#rest(worker);
    }
  }

  /** Sets other rates, for work under way too. */
  setRates(rates: Rates): void {
    this.#limits = { ...this.#limits, ...rates };
    this.#worker?.postMessage({ type: 'rates', rates } satisfies Request);
  }

  /** Ends the thread, once no made connection lingers; work under way fails at once with the reason. */
  async end(reason: ProbeError): Promise<void> {
    this.#fail(reason);
    await this.#endWorker();
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
      resourceLimits: heapBounds(this.#limits.maximumInFlight),
    });
    let cause: unknown;
    worker.on('message', (response: Response) => {
      const pending = this.#pending.get(response.id);
      if (response.type === 'tally') pending?.resolve(response.tally);
      else pending?.onProgress?.(response.done, response.total);
    });
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return; // ended on purpose
      this.#worker = undefined;
      const why = cause instanceof Error ? cause.message : `exit code ${code}`;
      this.#fail(new ProbeError('WorkerDied', `the probe worker died: ${why}`, { cause }));
    });
    return worker;
  }

  #rest(worker: Worker): void {
    if (this.#worker !== worker || this.#pending.size > 0) return;
    worker.unref();
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => void this.#endWorker(), this.#idleMilliseconds).unref();
  }

  async #endWorker(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    worker.ref();
    worker.postMessage({ type: 'end' } satisfies Request);
    const bound = setTimeout(() => void worker.terminate(), GOODBYE_MILLISECONDS);
    await once(worker, 'exit');
    clearTimeout(bound);
  }

  #fail(error: ProbeError): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

function workerUrl(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './worker.ts' : './probe-worker.js', import.meta.url);
}
