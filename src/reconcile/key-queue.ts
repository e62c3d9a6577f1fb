/** Keys in the order in which they came. */
export class KeyQueue {
  readonly #keys = new Set<string>();
  // A Set's iterator goes on to keys that are added later; a new one would have to step over the
  // places of all deleted keys each time.
  #next = this.#keys.values();

  get size(): number {
    return this.#keys.size;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  push(key: string): void {
    this.#keys.add(key);
  }

  /** Takes a key out of the middle; returns whether it was there. */
  remove(key: string): boolean {
    return this.#keys.delete(key);
  }

  shift(): string | undefined {
    let result = this.#next.next();
    if (result.done) {
      this.#next = this.#keys.values();
      result = this.#next.next();
    }
    if (result.done) return undefined;
    this.#keys.delete(result.value);
    return result.value;
  }

  clear(): void {
    this.#keys.clear();
  }
}
