/** How a Backoff grows; all in milliseconds. */
export interface BackoffOptions {
  minimum: number;
  maximum: number;
  /** After this long without a failure the next one starts at the minimum again. */
  resetAfter: number;
}

/**
 * Exponential back-off with jitter: the delay doubles from `minimum` to `maximum`, and each one is
 * drawn from its upper half, so that it never exceeds `maximum`.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #ceiling = 0;
  #lastFailure = Number.NEGATIVE_INFINITY;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** The next failure starts at the minimum again. */
  reset(): void {
    this.#lastFailure = Number.NEGATIVE_INFINITY;
  }

  /** The delay in milliseconds before the next try, after a failure at `now` (a monotonic clock). */
  next(now: number): number {
    const { minimum, maximum, resetAfter } = this.#options;
    const fresh = now - this.#lastFailure >= resetAfter;
    this.#ceiling = fresh ? minimum : Math.min(this.#ceiling * 2, maximum);
    this.#lastFailure = now;
    return this.#ceiling * (0.5 + Math.random() / 2);
  }
}
