/** Keys in the order in which they came, each with the time when it came. */
export class KeyQueue {
  readonly #since = new Map<string, number>();
  // A Map's iterator goes on to keys that are added later; a new one would have to step over the
  // places of all deleted keys each time.
  #next = this.#since.entries();

  get size(): number {
    return this.#since.size;
  }

  has(key: string): boolean {
    return this.#since.has(key);
  }

  push(key: string, since: number): void {
    this.#since.set(key, since);
  }

  /** Takes a key out of the middle; returns since when it was there. */
  remove(key: string): number | undefined {
    const since = this.#since.get(key);
    this.#since.delete(key);
    return since;
  }

  shift(): [key: string, since: number] | undefined {
    let result = this.#next.next();
    if (result.done) {
      this.#next = this.#since.entries();
      result = this.#next.next();
    }
    if (result.done) return undefined;
    this.#since.delete(result.value[0]);
    return result.value;
  }

  clear(): void {
    this.#since.clear();
  }
}
