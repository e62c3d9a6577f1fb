import { FairQueue } from './fair-queue.ts';
import { parseWorkloadKey, type WorkloadKey } from './workload-key.ts';

/** Who waits for a round. */
export interface RoundTurn {
  key: WorkloadKey;
  /** What is not known yet goes before what is only looked at again. */
  rank: 'first' | 'again';
}

/**
 * Lets few rounds be made at a time, and namespaces take turns. Where thousands are due, as at a start, they end one after the
 * other: all at once they would all end at the very end, and be due together ever after.
 */
export class RoundQueue {
  readonly #limit: number;
  readonly #waiting = { first: new FairQueue(namespaceOf), again: new FairQueue(namespaceOf) };
  readonly #begin = new Map<string, () => void>();
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Makes a round when it is its turn; a workload waits for one at a time.
   *
   * @throws the signal's reason, also while it waits
   */
  async run<T>(turn: RoundTurn, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#running < this.#limit) this.#running += 1;
    else await this.#wait(turn, signal);
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#serve();
    }
  }

  async #wait({ key, rank }: RoundTurn, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#begin.delete(key);
      this.#waiting[rank].remove(key);
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting[rank].push(key);
    this.#begin.set(key, resolve);
    await promise;
    signal.removeEventListener('abort', leave);
  }

  #serve(): void {
    while (this.#running < this.#limit) {
      const key = this.#waiting.first.shift() ?? this.#waiting.again.shift();
      if (key === undefined) return;
      this.#running += 1;
      this.#begin.get(key)?.();
      this.#begin.delete(key);
    }
  }
}

function namespaceOf(key: string): string {
  return parseWorkloadKey(key as WorkloadKey).namespace;
}
