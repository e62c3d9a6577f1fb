/** Up to so many keys a list is searched as fast as a set, and takes a third of its memory. */
const FEW = 8;

/**
 * Sets of keys by value. Most values of an index have one key, or a few: those are kept without a set around them, which
 * would need ten times the memory.
 */
export class KeySets {
  readonly #keys = new Map<string, string | readonly string[] | Set<string>>();

  /** How many values have keys. */
  get size(): number {
    return this.#keys.size;
  }

  add(value: string, key: string): void {
    const known = this.#keys.get(value);
    if (known instanceof Set) known.add(key);
    else if (known === undefined) this.#keys.set(value, key);
    else {
      const few = typeof known === 'string' ? [known] : known;
      if (few.includes(key)) return;
      // Of the exact length: a list that is appended to gets room for 16 more.
      const all = few.concat(key);
      this.#keys.set(value, all.length > FEW ? new Set(all) : all);
    }
  }

  remove(value: string, key: string): void {
    const known = this.#keys.get(value);
    if (known === undefined) return;
    if (known instanceof Set && known.size > FEW) {
      known.delete(key);
      return;
    }
    const left = (typeof known === 'string' ? [known] : [...known]).filter((each) => each !== key);
    const [first] = left;
    if (first === undefined) this.#keys.delete(value);
    else this.#keys.set(value, left.length === 1 ? first : left);
  }

  /** Those that have keys. */
  values(): Iterable<string> {
    return this.#keys.keys();
  }

  /** The keys of a value, in the order in which they came. */
  of(value: string): Iterable<string> {
    const known = this.#keys.get(value);
    return typeof known === 'string' ? [known] : (known ?? []);
  }

  /** How many keys a value has. */
  count(value: string): number {
    const known = this.#keys.get(value);
    if (known instanceof Set) return known.size;
    return typeof known === 'string' ? 1 : (known?.length ?? 0);
  }
}
