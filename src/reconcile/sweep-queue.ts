/**
 * Lets few sweeps run at a time: each holds memory for 65,535 ports and shares the rate with all
 * others, so many at once would only end later. First sweeps go before repeated ones.
 */
export class SweepQueue {
  readonly #limit: number;
  readonly #waiting: { first: (() => void)[]; again: (() => void)[] } = { first: [], again: [] };
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Runs `work` when it is its turn.
   *
   * @throws the signal's reason, also while it waits
   */
  async run<T>(turn: 'first' | 'again', signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#running >= this.#limit) await this.#wait(this.#waiting[turn], signal);
    else this.#running += 1;
    try {
      return await work();
    } finally {
      // Whoever is next takes the place over: nobody can slip in between.
      const next = this.#waiting.first.shift() ?? this.#waiting.again.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #wait(queue: (() => void)[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        queue.splice(queue.indexOf(go), 1);
        reject(signal.reason);
      };
      queue.push(go);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
