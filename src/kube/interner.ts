/** So many different texts are remembered at a time. */
const REMEMBERED = 4096;
/** A longer one is hardly ever the same as another. */
const LONGEST = 200;

/**
 * Lets equal texts of objects that are kept share their memory: JSON makes a new one of each, and the conditions of ten
 * thousand reports say the same few sentences. Lists that were appended to lose the room for more that they were given.
 */
export class Interner {
  // The texts of now, and those of before that: what comes again and again is never forgotten.
  #recent = new Map<string, string>();
  #before = new Map<string, string>();

  /** The value, with its texts replaced by equal ones that were seen before; an object is changed in place. */
  intern<T>(value: T): T {
    return this.#shared(value) as T;
  }

  #shared(value: unknown): unknown {
    if (typeof value === 'string') return value.length > LONGEST ? value : this.#text(value);
    if (typeof value !== 'object' || value === null) return value;
    const fields = value as Record<string, unknown>;
    for (const name of Object.keys(fields)) {
      const field = fields[name];
      const shared = this.#shared(field);
      // An equal text is no other value, and may still be another one in memory.
      if (typeof field === 'string') fields[name] = shared;
      else if (Array.isArray(field)) fields[name] = field.slice();
    }
    return value;
  }

  #text(text: string): string {
    const known = this.#recent.get(text);
    if (known !== undefined) return known;
    const shared = this.#before.get(text) ?? text;
    if (this.#recent.size >= REMEMBERED) {
      this.#before = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(shared, shared);
    return shared;
  }
}
