import { delay } from './deadline.ts';

const NEVER = new AbortController().signal;

/**
 * Lets so many pass a second, evenly, and after a rest as many as a second's at once. Who comes first passes first (the
 * generic cell rate algorithm, ITU-T I.371).
 */
export class TokenBucket {
  /** Milliseconds between two. */
  readonly #interval: number;
  readonly #now: () => number;
  /** When the next one would pass if all came evenly. */
  #due = Number.NEGATIVE_INFINITY;

  /**
   * @param perSecond a positive integer
   * @param now a monotonic clock in milliseconds
   */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#interval = 1_000 / perSecond;
    this.#now = now;
  }

  /** Takes a place, and returns in how many milliseconds it is one's turn. */
  reserve(): number {
    const now = this.#now();
    const due = Math.max(this.#due, now);
    this.#due = due + this.#interval;
    const earlier = 1_000 - this.#interval;
    return Math.max(0, due - earlier - now);
  }

  /** Waits for one's turn, or until the signal is aborted; never rejects. */
  async take(signal: AbortSignal = NEVER): Promise<void> {
    const wait = this.reserve();
    if (wait > 0) await delay(wait, signal);
  }
}
