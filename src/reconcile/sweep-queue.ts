const RANKS = ['awaited', 'first', 'again'] as const;

/** Who waits for a sweep. */
export interface SweepTurn {
  /** First sweeps go before repeated ones, and before all those for which a policy waits. */
  rank: (typeof RANKS)[number];
  /** The workload: all take turns, however many templates one has. */
  owner: string;
  /** The node of the pod: no more than one sweep goes to a node at a time. */
  node: string;
}

interface Waiting extends SweepTurn {
  go: () => void;
}

/**
 * Lets few sweeps run at a time, in all and to a node: each holds memory for 65,535 ports and shares the
 * rate with all others, so many at once would only end later.
 */
export class SweepQueue {
  readonly #limit: number;
  readonly #waiting = new Set<Waiting>();
  readonly #busyNodes = new Set<string>();
  /** When each owner was last served, as a number that only rises; forgotten when all is quiet. */
  readonly #served = new Map<string, number>();
  #serves = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Runs `work` when it is its turn.
   *
   * @throws the signal's reason, also while it waits
   */
  async run<T>(turn: SweepTurn, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    await this.#wait(turn, signal);
    try {
      return await work();
    } finally {
      this.#busyNodes.delete(turn.node);
      this.#serve();
    }
  }

  #wait(turn: SweepTurn, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        reject(signal.reason);
      };
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiting = { ...turn, go };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiting);
      this.#serve();
    });
  }

  /** Lets in whoever may begin now. */
  #serve(): void {
    while (this.#busyNodes.size < this.#limit) {
      const next = this.#next();
      if (!next) break;
      this.#waiting.delete(next);
      this.#busyNodes.add(next.node);
      this.#serves += 1;
      this.#served.set(next.owner, this.#serves);
      next.go();
    }
    if (this.#waiting.size + this.#busyNodes.size === 0) this.#served.clear();
  }

  /** Of those whose node is free the one with the best rank, then the owner served longest ago, then the first. */
  #next(): Waiting | undefined {
    let best: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (this.#busyNodes.has(waiting.node)) continue;
      if (!best || this.#goesBefore(waiting, best)) best = waiting;
    }
    return best;
  }

  #goesBefore(a: Waiting, b: Waiting): boolean {
    if (a.rank !== b.rank) return RANKS.indexOf(a.rank) < RANKS.indexOf(b.rank);
    return (this.#served.get(a.owner) ?? 0) < (this.#served.get(b.owner) ?? 0);
  }
}
