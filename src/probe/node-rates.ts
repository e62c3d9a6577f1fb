import { RateLimit } from './rate-limit.ts';

/**
 * Allows so many starts in any one second to the targets of each node: an unanswered SYN takes a place in the connection
 * tracking of the node where the target runs, too.
 */
export class NodeRates {
  #perSecond: number;
  /** No start before; in ms, of a clock that never goes back. */
  #startsAt = Number.NEGATIVE_INFINITY;
  #limits = new Map<string, RateLimit>();
  /** Those of which tokens are handed out for connections that are not started yet. */
  #handedOut = new Set<RateLimit>();

  /** @param perSecond to each node; 0 for as many as go */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Whether a connection to that node may be started. @param now in ms, of a clock that never goes back */
  allows(node: string | undefined, now: number): boolean {
    const limit = this.#of(node);
    return limit === undefined || limit.availableAt() <= now;
  }

  /** Takes a token of the node, if it has any to give. */
  take(node: string | undefined, now: number): void {
    const limit = this.#of(node);
    if (limit?.take(now)) this.#handedOut.add(limit);
  }

  /** Says that the connections of all tokens handed out so far have been started. */
  started(now: number): void {
    for (const limit of this.#handedOut) limit.started(now);
    this.#handedOut.clear();
  }

  /** Sets another rate. @param startsAt nothing is started before */
  set(perSecond: number, startsAt: number): void {
    this.#perSecond = perSecond;
    this.#startsAt = startsAt;
    this.#limits = new Map();
    this.#handedOut = new Set();
  }

  #of(node: string | undefined): RateLimit | undefined {
    if (node === undefined || this.#perSecond === 0) return undefined;
    const limit = this.#limits.get(node) ?? new RateLimit(this.#perSecond, this.#startsAt);
    this.#limits.set(node, limit);
    return limit;
  }
}
