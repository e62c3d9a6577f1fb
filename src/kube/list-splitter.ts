/** Larger than any object that etcd takes (1.5 MB) can become as JSON with its managed fields. */
const LONGEST_BYTES = 16 * 1024 * 1024;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** What stands before the bracket of the items; in a string its first quote would have a backslash before it. */
const ITEMS_KEY = /[{,\s]"items"\s*:\s*$/;

/** A list without its items. */
export type ListHead = Readonly<Record<string, unknown>>;

/**
 * Takes the items out of a list of the API, `{"kind":…,"items":[…],…}`, while its bytes come: each is given to `onItem`,
 * parsed, with the head as far as it has come before the items. Never more than one item is held, nor the list as a whole.
 */
export class ListSplitter {
  readonly #onItem: (item: unknown, head: ListHead) => void;
  #place: 'head' | 'between' | 'item' = 'head';
  /** What has come of the head, without its items, and of the item under way. */
  readonly #head = new Pieces();
  readonly #item = new Pieces();
  #early: ListHead | undefined;
  #depth = 0;
  #inString = false;
  #isEscaped = false;

  constructor(onItem: (item: unknown, head: ListHead) => void) {
    this.#onItem = onItem;
  }

  /** @throws SyntaxError where an item is not JSON, or too long */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#place === 'head') at = this.#readHead(chunk, at);
      else if (this.#place === 'between') at = this.#readBetween(chunk, at);
      else at = this.#readItem(chunk, at);
    }
  }

  /** The list without its items. @throws SyntaxError where it is not JSON, or not whole */
  end(): ListHead {
    const head = JSON.parse(this.#head.take()) as ListHead | null;
    if (typeof head !== 'object' || head === null) throw new SyntaxError('a list is no object');
    // Those whose key was written in another way, as with escapes.
    if (Array.isArray(head.items)) for (const item of head.items) this.#onItem(item, head);
    return head;
  }

  /** Reads what is not the items' array, up to its bracket. */
  #readHead(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; ) {
      if (this.#inString) {
        at = this.#skipString(chunk, at);
        continue;
      }
      const byte = chunk[at] as number;
      at += 1;
      if (byte === QUOTE) this.#inString = true;
      else if (isClosing(byte)) this.#depth -= 1;
      else if (isOpening(byte)) {
        if (byte === OPEN_BRACKET && this.#depth === 1) {
          this.#head.add(chunk.subarray(from, at));
          if (ITEMS_KEY.test(this.#head.text().slice(0, -1))) {
            this.#place = 'between';
            return at;
          }
          from = at;
        }
        this.#depth += 1;
      }
    }
    this.#head.add(chunk.subarray(from));
    return chunk.length;
  }

  /** Reads on in a string; returns where it ends, or where the bytes do. */
  #skipString(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        return at + 1;
      }
    }
    return chunk.length;
  }

  /** Reads up to the next item, or the end of all. */
  #readBetween(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (byte === COMMA || SPACES.has(byte)) continue;
      this.#place = byte === CLOSE_BRACKET ? 'head' : 'item';
      // The head is left inside of the list, and goes on with the bracket.
      this.#depth = byte === CLOSE_BRACKET ? 2 : 0;
      return at;
    }
    return chunk.length;
  }

  /** Reads up to the end of an item. */
  #readItem(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; ) {
      if (this.#inString) {
        at = this.#skipString(chunk, at);
        continue;
      }
      const byte = chunk[at] as number;
      // A comma or a bracket after what is no object, and has none of its own.
      if (this.#depth === 0 && (byte === COMMA || isClosing(byte)))
        return this.#finishItem(chunk, from, at);
      at += 1;
      if (byte === QUOTE) this.#inString = true;
      else if (isOpening(byte)) this.#depth += 1;
      else if (isClosing(byte)) this.#depth -= 1;
      if (this.#depth === 0 && isClosing(byte)) return this.#finishItem(chunk, from, at);
    }
    this.#item.add(chunk.subarray(from));
    return chunk.length;
  }

  #finishItem(chunk: Uint8Array, from: number, to: number): number {
    this.#item.add(chunk.subarray(from, to));
    this.#place = 'between';
    this.#early ??= JSON.parse(`${this.#head.text()}]}`) as ListHead;
    this.#onItem(JSON.parse(this.#item.take()), this.#early);
    return to;
  }
}

function isOpening(byte: number): boolean {
  return byte === OPEN_BRACE || byte === OPEN_BRACKET;
}

function isClosing(byte: number): boolean {
  return byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}

/** Bytes that came in pieces, and are decoded as one: a character may be split. */
class Pieces {
  #pieces: Uint8Array[] = [];
  #length = 0;

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > LONGEST_BYTES)
      throw new SyntaxError(`an object is longer than ${LONGEST_BYTES} bytes`);
  }

  text(): string {
    return Buffer.concat(this.#pieces, this.#length).toString('utf8');
  }

  take(): string {
    const text = this.text();
    this.#pieces = [];
    this.#length = 0;
    return text;
  }
}
