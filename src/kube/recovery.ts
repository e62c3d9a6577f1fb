import { delay } from './deadline.ts';

/** Failures and no success for so long are an outage, in ms: a replica that has nothing else to do renews its leases more often. */
const OUTAGE = 3_000;

/**
 * Tells all who wait for the API server when it serves again. That is at the first call that succeeds after a time
 * in which calls failed, and none succeeded. What fails while other calls succeed is no outage, and wakes nobody.
 */
export class Recovery {
  readonly #listeners = new Set<() => void>();
  #succeededAt = performance.now();
  #hasFailed = false;
  #outages = 0;

  /** How many outages have ended so far. */
  get outages(): number {
    return this.#outages;
  }

  /** For the transport: a call failed, and the server is the reason. */
  failed(): void {
    this.#hasFailed = true;
  }

  /** For the transport: a call succeeded. */
  succeeded(): void {
    const now = performance.now();
    const wasOut = this.#hasFailed && now - this.#succeededAt >= OUTAGE;
    this.#succeededAt = now;
    this.#hasFailed = false;
    if (!wasOut) return;
    this.#outages += 1;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls `listener` at each end of an outage, until the returned function is called. */
  onRecovered(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for `milliseconds`, the end of an outage or the signal; says whether an outage ended it. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    const wake = new AbortController();
    const stop = (): void => wake.abort();
    const stopListening = this.onRecovered(stop);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    await delay(milliseconds, wake.signal);
    stopListening();
    signal.removeEventListener('abort', stop);
    return wake.signal.aborted && !signal.aborted;
  }
}
