/** Listeners for the beginning and the end of trouble with the API server. */
export interface OutageListener {
  /** Called once for every new `reason` of the error, not for every try that fails. */
  onOutage?: ((error: unknown) => void) | undefined;
  /** Called when what was in trouble works again. */
  onRecovered?: (() => void) | undefined;
}

/** Says once that something fails, however often it is tried, and once that it works again. */
export class Outage {
  readonly #listener: OutageListener;
  #reason: string | undefined;

  constructor(listener: OutageListener) {
    this.#listener = listener;
  }

  report(error: unknown): void {
    const reason = String((error as { reason?: unknown } | null)?.reason ?? error);
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#listener.onOutage?.(error);
  }

  clear(): void {
    if (this.#reason === undefined) return;
    this.#reason = undefined;
    this.#listener.onRecovered?.();
  }
}
