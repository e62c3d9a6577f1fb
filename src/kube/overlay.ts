import type { Store } from './store.ts';

/** After this long the cache is believed again, whatever it shows. */
const LIFETIME_MILLISECONDS = 30_000;

/** What the overlay reads of a Store. */
export type CachedView<T> = Pick<Store<T>, 'get' | 'resourceVersion' | 'hasObserved'>;

interface Entry<T> {
  /** Undefined after a deletion. */
  value: T | undefined;
  /** Of the object as written or, after a deletion, of the object that was deleted. */
  resourceVersion: string;
  writtenAt: number;
}

/**
 * Read-your-writes over a Store: after a write its outcome is what `get` returns, until the store has
 * caught up with it or 30 seconds have passed. Without it a reconcile that follows a write at once
 * would see the old state and write again.
 */
export class Overlay<T> {
  readonly #store: CachedView<T>;
  readonly #now: () => number;
  // In the order of writing, so that the oldest entries are the first.
  readonly #entries = new Map<string, Entry<T>>();

  /** `now` is a monotonic clock in milliseconds. */
  constructor(store: CachedView<T>, now: () => number = () => performance.now()) {
    this.#store = store;
    this.#now = now;
  }

  /** The object as last written or, where the store is as new as that, as the store has it. */
  get(key: string): T | undefined {
    const entry = this.#current(key);
    return entry === undefined ? this.#store.get(key) : entry.value;
  }

  /** What a write at that version left of the object; undefined where none is remembered. */
  writtenAt(key: string, resourceVersion: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry?.resourceVersion === resourceVersion ? entry.value : undefined;
  }

  /** A write of the object returned this value at this resourceVersion. */
  written(key: string, value: T, resourceVersion: string): void {
    this.#put(key, { value, resourceVersion, writtenAt: this.#now() });
  }

  /** The object, as last written or seen, was deleted; the answer to that has no resourceVersion. */
  deleted(key: string): void {
    const resourceVersion = this.#current(key)?.resourceVersion ?? this.#store.resourceVersion(key);
    if (resourceVersion === undefined) return;
    this.#put(key, { value: undefined, resourceVersion, writtenAt: this.#now() });
  }

  #put(key: string, entry: Entry<T>): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const [oldest, { writtenAt }] of this.#entries) {
      if (this.#now() - writtenAt < LIFETIME_MILLISECONDS) break;
      this.#entries.delete(oldest);
    }
  }

  #current(key: string): Entry<T> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const outdated = this.#now() - entry.writtenAt >= LIFETIME_MILLISECONDS;
    if (!outdated && !this.#hasCaughtUp(key, entry)) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #hasCaughtUp(key: string, entry: Entry<T>): boolean {
    const { value, resourceVersion } = entry;
    if (!this.#store.hasObserved(resourceVersion, key)) return false;
    return value !== undefined || this.#store.resourceVersion(key) !== resourceVersion;
  }
}
