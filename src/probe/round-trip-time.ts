/**
 * What is added to the mean at least, in ms, and so the shortest timeout: on a machine whose cores are
 * all busy the kernel hands an answer over that much later.
 */
const MARGIN_MILLISECONDS = 100;
/** Timeouts are multiples of this, so that few differ (see deadlines.ts). */
const STEP_MILLISECONDS = 25;
/**
 * Linux repeats a SYN after 1 s: an answer this late may be the second one's, and says nothing about
 * how long one takes (Karn's rule, RFC 6298 section 3).
 */
const AMBIGUOUS_MILLISECONDS = 900;

/** Whether an answer is that late. @param measured from connect(2) to its answer, in ms */
export function isSecondSyn(measured: number): boolean {
  return measured > AMBIGUOUS_MILLISECONDS;
}

/**
 * How long answers of one target take, and so how long to wait for one: mean plus four times the
 * deviation, as RFC 6298 section 2 has it for TCP itself. What the event loop was late is in the times
 * measured, so that a busy machine waits longer, never shorter.
 */
export class RoundTripTime {
  #mean: number | undefined;
  #deviation = 0;

  /** @param measured from connect(2) to its answer, in ms */
  add(measured: number): void {
    if (isSecondSyn(measured)) return;
    if (this.#mean === undefined) {
      this.#mean = measured;
      this.#deviation = measured / 2;
      return;
    }
    this.#deviation += (Math.abs(this.#mean - measured) - this.#deviation) / 4;
    this.#mean += (measured - this.#mean) / 8;
  }

  /** How long an answer may take, in ms. @param longest where nothing is known yet, and at most */
  timeout(longest: number): number {
    if (this.#mean === undefined) return longest;
    const timeout = this.#mean + Math.max(MARGIN_MILLISECONDS, 4 * this.#deviation);
    return Math.min(longest, Math.ceil(timeout / STEP_MILLISECONDS) * STEP_MILLISECONDS);
  }
}
