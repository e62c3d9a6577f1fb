/** Listeners for the beginning and the end of trouble with the API server. */
export interface TroubleListener {
  /** Called once for every new `reason` of the error, not for every try that fails. */
  onTrouble?: ((error: unknown) => void) | undefined;
  /** Called when what was in trouble works again. */
  onRecovered?: (() => void) | undefined;
}

/** Says once that something fails, however often it is tried, and once that it works again. */
export class Trouble {
  readonly #listener: TroubleListener;
  #reason: string | undefined;

  constructor(listener: TroubleListener) {
    this.#listener = listener;
  }

  report(error: unknown): void {
    const reason = String((error as { reason?: unknown } | null)?.reason ?? error);
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#listener.onTrouble?.(error);
  }

  clear(): void {
    if (this.#reason === undefined) return;
    this.#reason = undefined;
    this.#listener.onRecovered?.();
  }
}
