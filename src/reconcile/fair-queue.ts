import { KeyQueue } from './key-queue.ts';

/**
 * Keys that are taken in turn from the groups that they are of, and within a group in the order in which
 * they came: whoever adds thousands at once lets nobody else wait for more than one of them.
 */
export class FairQueue {
  readonly #groupOf: (key: string) => string;
  readonly #groups = new Map<string, KeyQueue>();
  /** The groups that have keys, in the order in which they are served. */
  readonly #turns = new KeyQueue();
  #size = 0;

  constructor(groupOf: (key: string) => string) {
    this.#groupOf = groupOf;
  }

  get size(): number {
    return this.#size;
  }

  has(key: string): boolean {
    return this.#groups.get(this.#groupOf(key))?.has(key) ?? false;
  }

  /** Adds a key that is not there. */
  push(key: string): void {
    const group = this.#groupOf(key);
    const keys = this.#groups.get(group);
    this.#size += 1;
    if (keys) {
      keys.push(key);
      return;
    }
    const first = new KeyQueue();
    first.push(key);
    this.#groups.set(group, first);
    this.#turns.push(group);
  }

  /** Takes a key out of the middle; returns whether it was there. */
  remove(key: string): boolean {
    const group = this.#groupOf(key);
    const keys = this.#groups.get(group);
    if (!keys?.remove(key)) return false;
    this.#size -= 1;
    if (keys.size > 0) return true;
    this.#groups.delete(group);
    this.#turns.remove(group);
    return true;
  }

  shift(): string | undefined {
    const group = this.#turns.shift();
    const keys = group === undefined ? undefined : this.#groups.get(group);
    const key = keys?.shift();
    if (group === undefined || keys === undefined || key === undefined) return undefined;
    this.#size -= 1;
    if (keys.size > 0) this.#turns.push(group);
    else this.#groups.delete(group);
    return key;
  }

  clear(): void {
    this.#groups.clear();
    this.#turns.clear();
    this.#size = 0;
  }
}
