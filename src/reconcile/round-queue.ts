import { FairQueue } from './fair-queue.ts';
import { parseWorkloadKey, type WorkloadKey } from './workload-key.ts';

/** Enough for the rate, though each node and each target may be asked more slowly. */
const ROUNDS_AT_A_TIME = 32;

/** Who waits for a round. */
export interface RoundTurn {
  key: WorkloadKey;
  rank: Rank;
}

/** What is not known yet goes before what is only looked at again, and that before what is asked from a second node as well. */
type Rank = (typeof RANKS)[number];
const RANKS = ['first', 'again', 'second'] as const;

/**
 * Lets few rounds be made at a time, and namespaces take turns. Where thousands are due, as at a start, they end one after the
 * other: all at once they would all end at the very end, and be due together ever after.
 */
export class RoundQueue {
  readonly #limit: number;
  readonly #waiting: Readonly<Record<Rank, FairQueue>> = {
    first: new FairQueue(namespaceOf),
    again: new FairQueue(namespaceOf),
    second: new FairQueue(namespaceOf),
  };
  readonly #begin = new Map<string, () => void>();
  #running = 0;

  constructor(limit = ROUNDS_AT_A_TIME) {
    this.#limit = limit;
  }

  /**
   * Makes a round when it is its turn; of each rank, a workload waits for one at a time.
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
      this.#begin.delete(`${rank} ${key}`);
      this.#waiting[rank].remove(key);
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting[rank].push(key);
    this.#begin.set(`${rank} ${key}`, resolve);
    await promise;
    signal.removeEventListener('abort', leave);
  }

  #serve(): void {
    while (this.#running < this.#limit) {
      const turn = this.#next();
      if (turn === undefined) return;
      this.#running += 1;
      this.#begin.get(turn)?.();
      this.#begin.delete(turn);
    }
  }

  #next(): string | undefined {
    for (const rank of RANKS) {
      const key = this.#waiting[rank].shift();
      if (key !== undefined) return `${rank} ${key}`;
    }
    return undefined;
  }
}

function namespaceOf(key: string): string {
  return parseWorkloadKey(key as WorkloadKey).namespace;
}
