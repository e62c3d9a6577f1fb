/** So long after an urgent write the next one may come, in ms. */
const LULL = 100;
/** A burst is no reason to put off what is left for longer, in ms. */
const LONGEST_BURST = 30_000;

/**
 * Urgent writes that follow each other closely. What is left of those turns waits for their end: it would take
 * the processor and the API server's time from the urgent ones that are still to come.
 */
export class Burst {
  readonly #now: () => number;
  #beganAt = Number.NEGATIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** An urgent write is done. */
  note(): void {
    const now = this.#now();
    if (now - this.#lastAt >= LULL) this.#beganAt = now;
    this.#lastAt = now;
  }

  /** In how many milliseconds the burst ends if nothing follows; 0 where there is none, or it lasts for too long. */
  get endsIn(): number {
    const now = this.#now();
    if (now - this.#beganAt >= LONGEST_BURST) return 0;
    return Math.max(0, this.#lastAt + LULL - now);
  }
}
