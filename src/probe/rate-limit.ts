/** At most this many windows a second; more would make the timer, not the rate, set the pace. */
const WINDOWS_PER_SECOND = 20;

/**
 * Allows at most `perSecond` starts in any one second, evenly: a token bucket whose tokens come
 * back one window after they were spent. A second is a whole number of windows, and no window ever
 * holds more than its share, so no second holds more than `perSecond`, wherever it begins.
 *
 * A token is spent when its connection has been started, not when it is handed out, so that a late
 * event loop cannot squeeze two windows' SYNs into one.
 */
export class RateLimit {
  /** When each token was last spent, oldest first from #next on; Infinity: handed out, not started. */
  readonly #spentAt: Float64Array;
  readonly #windowMilliseconds: number;
  #next = 0;
  #handedOut = 0;

  /**
   * @param perSecond a positive integer
   * @param startsAt no token before; in ms, of a clock that never goes back
   */
  constructor(perSecond: number, startsAt = Number.NEGATIVE_INFINITY) {
    const perWindow = Math.max(1, Math.floor(perSecond / WINDOWS_PER_SECOND));
    this.#spentAt = new Float64Array(perWindow).fill(startsAt);
    this.#windowMilliseconds = 1_000 / Math.floor(perSecond / perWindow);
  }

  /** Takes a token, if there is one. @param now in ms, of a clock that never goes back */
  take(now: number): boolean {
    if (this.availableAt() > now) return false;
    this.#spentAt[this.#next] = Number.POSITIVE_INFINITY;
    this.#next = (this.#next + 1) % this.#spentAt.length;
    this.#handedOut++;
    return true;
  }

  /** Says that the connections of all tokens handed out so far have been started. */
  started(now: number): void {
    const size = this.#spentAt.length;
    for (; this.#handedOut > 0; this.#handedOut--)
      this.#spentAt[(this.#next - this.#handedOut + size) % size] = now;
  }

  /** From when on there is a token; Infinity where that hangs on a start not yet confirmed. */
  availableAt(): number {
    return (this.#spentAt[this.#next] ?? 0) + this.#windowMilliseconds;
  }
}
