const SHORTEST_PAUSE_MILLISECONDS = 25;
const LONGEST_PAUSE_MILLISECONDS = 1_000;
/** Connections that must go well for the limit to rise by one. */
const SUCCESSES_PER_STEP = 8;

/**
 * How many connections may be under way. A shortage halves it and stops new ones for a moment;
 * success brings it back slowly.
 */
export class InFlightLimit {
  readonly #maximum: number;
  #current: number;
  #pausedUntil = 0;
  #pause = SHORTEST_PAUSE_MILLISECONDS;

  constructor(maximum: number) {
    this.#maximum = maximum;
    this.#current = maximum;
  }

  /** How many may be under way now (0 during a pause). @param now in ms, monotonic */
  at(now: number): number {
    return now < this.#pausedUntil ? 0 : Math.floor(this.#current);
  }

  /** A connection could not be started for want of something. @param inFlight how many were under way */
  shortage(inFlight: number, now: number): void {
    if (now < this.#pausedUntil) return; // the rest of the same burst
    this.#current = Math.max(1, Math.min(this.#current, inFlight) / 2);
    this.#pausedUntil = now + this.#pause;
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MILLISECONDS);
  }

  success(): void {
    if (this.#current === this.#maximum) return;
    this.#current = Math.min(this.#maximum, this.#current + 1 / SUCCESSES_PER_STEP);
    this.#pause = SHORTEST_PAUSE_MILLISECONDS;
  }
}
