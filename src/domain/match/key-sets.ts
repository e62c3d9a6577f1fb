/**
 * Sets of keys by value. Most values of an index have one key: that is kept without a set around it, which would need
 * ten times the memory.
 */
export class KeySets {
  readonly #keys = new Map<string, string | Set<string>>();

  /** How many values have keys. */
  get size(): number {
    return this.#keys.size;
  }

  add(value: string, key: string): void {
    const known = this.#keys.get(value);
    if (known instanceof Set) known.add(key);
    else if (known === undefined) this.#keys.set(value, key);
    else if (known !== key) this.#keys.set(value, new Set([known, key]));
  }

  remove(value: string, key: string): void {
    const known = this.#keys.get(value);
    if (known === key) this.#keys.delete(value);
    if (!(known instanceof Set)) return;
    known.delete(key);
    const [last] = known;
    if (known.size === 1 && last !== undefined) this.#keys.set(value, last);
  }

  /** The keys of a value, in the order in which they came. */
  of(value: string): Iterable<string> {
    const known = this.#keys.get(value);
    return typeof known === 'string' ? [known] : (known ?? []);
  }

  /** How many keys a value has. */
  count(value: string): number {
    const known = this.#keys.get(value);
    return known instanceof Set ? known.size : Number(known !== undefined);
  }
}
