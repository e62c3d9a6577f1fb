/** Between the first change and the look at it, in ms: what comes together is gathered. */
const GATHER = 1000;
/** Between two looks, in ms: somebody may change an object in a loop. */
const PAUSE = 10_000;

/** Looks at the workloads of these namespaces, or at all. */
type OnGathered = (namespaces: ReadonlySet<string> | 'all') => void;

/**
 * Gathers changes of objects that concern workloads of many namespaces before these are queued. Whoever
 * may create one monitor could have every workload of the cluster looked at as often as they like.
 */
export class GatheredChanges {
  readonly #onGathered: OnGathered;
  #namespaces: Set<string> | 'all' = new Set();
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor({ onGathered }: { onGathered: OnGathered }) {
    this.#onGathered = onGathered;
  }

  /** Adds the namespaces whose workloads a change concerns. */
  add(namespaces: readonly string[] | 'all'): void {
    if (namespaces === 'all') this.#namespaces = 'all';
    else if (this.#namespaces !== 'all')
      for (const namespace of namespaces) this.#namespaces.add(namespace);
    if (this.#namespaces !== 'all' && this.#namespaces.size === 0) return;
    const wait = Math.max(GATHER, this.#lookedAt + PAUSE - performance.now());
    this.#timer ??= setTimeout(() => this.#look(), wait);
  }

  /** Drops what was gathered; nothing is looked at any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#namespaces = new Set();
  }

  #look(): void {
    const namespaces = this.#namespaces;
    this.#timer = undefined;
    this.#namespaces = new Set();
    this.#lookedAt = performance.now();
    this.#onGathered(namespaces);
  }
}
