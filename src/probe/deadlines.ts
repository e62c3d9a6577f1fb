/** Something that waits for an answer. */
export interface Waiting {
  /** How long it waits, in ms. */
  readonly timeout: number;
  /** Until when it waits, in ms of a monotonic clock; set when it starts to wait. */
  deadline: number;
}

/**
 * Everything that waits, in the order of its deadlines. All that share a timeout expire in the order
 * in which they started, so one list for each timeout keeps the order without sorting and without a
 * timer for each socket.
 */
export class Deadlines<T extends Waiting> {
  readonly #lists = new Map<number, Set<T>>();

  /**
   * @param now in ms; where it is less than in a call before, the one that waits may be due later than
   * it says, never sooner
   */
  add(waiting: T, now: number): void {
    waiting.deadline = now + waiting.timeout;
    const list = this.#lists.get(waiting.timeout);
    if (list === undefined) this.#lists.set(waiting.timeout, new Set([waiting]));
    else list.add(waiting);
  }

  delete(waiting: T): void {
    this.#lists.get(waiting.timeout)?.delete(waiting);
  }

  /** Everything that waits; may be deleted while it is walked through. */
  *all(): Generator<T> {
    for (const list of this.#lists.values()) yield* list;
  }

  /** What was due at `now` or before; may be deleted while it is walked through. */
  *due(now: number): Generator<T> {
    for (const list of this.#lists.values())
      for (const waiting of list) {
        if (waiting.deadline > now) break;
        yield waiting;
      }
  }
}
