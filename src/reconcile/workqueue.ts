import { Burst } from './burst.ts';
import { PRIORITIES, type Priority, sooner } from './priorities.ts';
import { WaitingKeys } from './waiting-keys.ts';

/** One turn of a key. */
export interface Turn {
  /** Aborted where the work has to end. */
  readonly signal: AbortSignal;
  /** Whether urgent work of other objects waits, or is likely to come, that goes before what is left of this one. */
  mustYield: () => boolean;
  /** Says that something urgent was written: more of the kind may follow at once. */
  wroteUrgent: () => void;
}

export interface WorkqueueOptions {
  /** The group of a key: keys of all groups are taken in turn. */
  groupOf: (key: string) => string;
  // For metrics:
  /** A key was added that was not waiting already. */
  onAdd?: (key: string) => void;
  /** A worker took a key. */
  onStart?: (key: string) => void;
  /** A worker is done with a key. */
  onEnd?: (key: string, workSeconds: number) => void;
}

export interface WorkqueueRun {
  /** How many keys are worked on at a time, at most. */
  workers: number;
  /** Ends the intake; keys that are waiting or being worked on are still finished. */
  signal: AbortSignal;
  /** Milliseconds for that; then what is waiting is dropped and `reconcile`'s signal is aborted. */
  drain: number;
  /**
   * Brings the object of the key to its desired state; `yielded` where it is called again for the rest
   * once no change waits. Throws to be called again later.
   */
  reconcile: (key: string, turn: Turn) => Promise<'done' | 'yielded'>;
  /** The longest wait after an error, in milliseconds; 300 s where it gives none. */
  longestRetry?: (error: unknown) => number | undefined;
  /** Told of every error, with how many retries there have been. */
  onError: (key: string, error: unknown, retries: number) => void;
}

interface Scheduled {
  timer: NodeJS.Timeout;
  /** In milliseconds of performance.now(). */
  due: number;
}

interface Retry {
  timer: NodeJS.Timeout;
  priority: Priority;
  /** The server asked to wait: changes of the object wait too. */
  binding: boolean;
}

const FIRST_RETRY_MILLISECONDS = 5;
const LONGEST_RETRY_MILLISECONDS = 300_000;
/** So many in a row are no conflict of a moment. */
export const LASTING_FAILURES = 6;
/** setTimeout takes no more than this, and fires at once for anything longer. */
const LONGEST_TIMEOUT_MILLISECONDS = 2 ** 31 - 1;

/**
 * A queue of keys that are to be reconciled. A key waits at most once however often it is added; it is
 * never worked on twice at a time; one that is added while it is worked on comes again after that;
 * one whose work fails comes again after a delay of its own, which doubles from 5 ms to 300 s, or less, and
 * starts anew after a success. When a key succeeds that had failed for a while, all that wait to be tried
 * again are tried at once. Changes go before resyncs, and both before rests, which wait for the end of a burst of
 * urgent writes and never have more than half of the workers; within that the groups of keys take turns.
 */
export class Workqueue {
  readonly #hooks: WorkqueueOptions;
  readonly #waiting: WaitingKeys;
  readonly #working = new Map<string, Priority>();
  readonly #burst = new Burst();
  #afterBurst: NodeJS.Timeout | undefined;
  /** Keys that were added while they were worked on. */
  readonly #again = new Map<string, Priority>();
  readonly #scheduled = new Map<string, Scheduled>();
  readonly #retries = new Map<string, Retry>();
  readonly #failures = new Map<string, number>();
  #isClosed = false;
  #pump: () => void = () => {};
  #wakeUp: NodeJS.Immediate | undefined;

  constructor(options: WorkqueueOptions) {
    this.#hooks = options;
    this.#waiting = new WaitingKeys(options.groupOf);
  }

  /** How many keys wait for a worker. */
  get depth(): number {
    return this.#waiting.size;
  }

  /** Adds a key, or moves one that waits to where it goes earlier. Nothing after the stop. */
  add(key: string, priority: Priority = 'change'): void {
    if (this.#isClosed) return;
    const retry = this.#retries.get(key);
    if (retry?.binding) {
      if (priority === 'change') retry.priority = 'change';
      return;
    }
    this.#enqueue(key, priority);
  }

  /**
   * Adds a key after `milliseconds`. A key has one such appointment: the earlier of two is kept, or
   * the newer if so asked.
   */
  addAfter(
    key: string,
    milliseconds: number,
    options: { priority?: Priority; keep?: 'earlier' | 'newer' } = {},
  ): void {
    if (this.#isClosed) return;
    const { priority = 'change', keep = 'earlier' } = options;
    const wait = Math.min(Math.max(milliseconds, 0), LONGEST_TIMEOUT_MILLISECONDS);
    const due = performance.now() + wait;
    const scheduled = this.#scheduled.get(key);
    if (scheduled !== undefined && keep === 'earlier' && scheduled.due <= due) return;
    clearTimeout(scheduled?.timer);
    const timer = setTimeout(() => {
      this.#scheduled.delete(key);
      this.add(key, priority);
    }, wait);
    this.#scheduled.set(key, { timer, due });
  }

  /**
   * The reason of many failures is gone: all that wait to be tried again are tried at once, those aside for which the
   * server asked to wait, and what fails now starts with the shortest delay.
   */
  retryNow(): void {
    this.#failures.clear();
    this.#retryAll();
  }

  #retryAll(): void {
    for (const [key, { timer, priority, binding }] of this.#retries) {
      if (binding) continue;
      clearTimeout(timer);
      this.#retries.delete(key);
      this.#enqueue(key, priority);
    }
  }

  /** Works on keys until the signal is aborted and what is left is finished. Call it once. */
  run(run: WorkqueueRun): Promise<void> {
    const hardStop = new AbortController();
    return new Promise((resolve) => {
      this.#pump = () => {
        while (this.#working.size < run.workers) {
          const taken = this.#take(run.workers);
          if (taken === undefined) break;
          void this.#work(taken, run, hardStop.signal);
        }
        if (this.#isClosed && this.#working.size === 0 && this.depth === 0) finish();
      };
      let timer: NodeJS.Timeout | undefined;
      const finish = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const stop = (): void => {
        this.#close();
        timer = setTimeout(() => {
          this.#waiting.clear();
          this.#again.clear();
          hardStop.abort(run.signal.reason);
          finish();
        }, run.drain);
        this.#wake();
      };
      if (run.signal.aborted) stop();
      else run.signal.addEventListener('abort', stop, { once: true });
      this.#wake();
    });
  }

  /** Starts workers in the loop's next turn: however long the queue, I/O is never starved. */
  #wake(): void {
    this.#wakeUp ??= setImmediate(() => {
      this.#wakeUp = undefined;
      this.#pump();
    });
  }

  #close(): void {
    this.#isClosed = true;
    clearTimeout(this.#afterBurst);
    for (const { timer } of this.#scheduled.values()) clearTimeout(timer);
    for (const { timer } of this.#retries.values()) clearTimeout(timer);
    this.#scheduled.clear();
    this.#retries.clear();
  }

  #enqueue(key: string, priority: Priority): void {
    if (this.#working.has(key)) {
      const again = this.#again.get(key);
      if (again === undefined) this.#hooks.onAdd?.(key);
      this.#again.set(key, again === undefined ? priority : sooner(again, priority));
      return;
    }
    const addition = this.#waiting.add(key, priority);
    if (addition === 'added') this.#hooks.onAdd?.(key);
    if (addition !== 'kept') this.#wake();
  }

  #take(workers: number): [key: string, priority: Priority] | undefined {
    const rests = [...this.#working.values()].filter((each) => each === 'rest').length;
    const mayRest = rests < workers / 2 && !this.#isBurst();
    const taken = this.#waiting.take(
      mayRest ? PRIORITIES : PRIORITIES.filter((each) => each !== 'rest'),
    );
    if (taken === undefined) return undefined;
    const [key, priority] = taken;
    this.#working.set(key, priority);
    // What was to be tried again is tried now.
    clearTimeout(this.#retries.get(key)?.timer);
    this.#retries.delete(key);
    this.#hooks.onStart?.(key);
    return taken;
  }

  /** Whether rests have to wait for the end of a burst; then the workers are woken at its end. */
  #isBurst(): boolean {
    const { endsIn } = this.#burst;
    // At the end there is nothing to wait for.
    if (this.#isClosed || endsIn === 0) return false;
    if (this.#waiting.sizeOf('rest') > 0)
      this.#afterBurst ??= setTimeout(() => {
        this.#afterBurst = undefined;
        this.#wake();
      }, endsIn);
    return true;
  }

  async #work(
    [key, priority]: [key: string, priority: Priority],
    run: WorkqueueRun,
    signal: AbortSignal,
  ): Promise<void> {
    const startedAt = performance.now();
    let failure: { error: unknown } | undefined;
    let isLeft = false;
    const mustYield = () =>
      priority !== 'rest' && (this.#waiting.sizeOf('change') > 0 || this.#burst.endsIn > 0);
    const wroteUrgent = () => this.#burst.note();
    try {
      isLeft = (await run.reconcile(key, { signal, mustYield, wroteUrgent })) === 'yielded';
    } catch (error) {
      failure = { error };
    }
    this.#working.delete(key);
    this.#hooks.onEnd?.(key, (performance.now() - startedAt) / 1000);
    const again = this.#again.get(key);
    this.#again.delete(key);
    if (failure) this.#retryLater(key, failure.error, again === 'change' ? again : priority, run);
    else if (isLeft) this.#enqueue(key, 'rest');
    else this.#recovered(key);
    if (again !== undefined && !this.#retries.get(key)?.binding) this.#enqueue(key, again);
    this.#wake();
  }

  /** What failed for a while and succeeds may be over for the others, too: none of them waits any longer. */
  #recovered(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.delete(key);
    if (failures >= LASTING_FAILURES) this.#retryAll();
  }

  #retryLater(key: string, error: unknown, priority: Priority, run: WorkqueueRun): void {
    const retries = this.#failures.get(key) ?? 0;
    run.onError(key, error, retries);
    if (this.#isClosed) return;
    this.#failures.set(key, retries + 1);
    const asked = retryAfterMilliseconds(error);
    const longest = run.longestRetry?.(error) ?? LONGEST_RETRY_MILLISECONDS;
    const backoff = Math.min(FIRST_RETRY_MILLISECONDS * 2 ** retries, longest);
    const timer = setTimeout(
      () => {
        const { priority = 'change' } = this.#retries.get(key) ?? {};
        this.#retries.delete(key);
        this.#enqueue(key, priority);
      },
      Math.max(backoff, asked),
    );
    this.#retries.set(key, { timer, priority, binding: asked > 0 });
  }
}

function retryAfterMilliseconds(error: unknown): number {
  const seconds = (error as { retryAfterSeconds?: unknown } | null)?.retryAfterSeconds;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : 0;
}
