import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair, visit } from 'yaml';
import type { PathSegment } from '../manifests/manifest.ts';

/** A manifest is written in a way that takes no line more; the message says which, without a full stop. */
export class NotEditableError extends Error {
  override readonly name = 'NotEditableError';
}

/** The nodes of a document, as long as they stand for one place alone: what an alias repeats is no place to write to. */
export class OwnNodes {
  readonly #document: Document;
  readonly #aliases = new Set<string>();

  constructor(document: Document) {
    this.#document = document;
    visit(document, {
      Alias: (_key, { source }) => {
        this.#aliases.add(source);
      },
    });
  }

  /**
   * What is at a path; undefined where there is nothing.
   * @throws NotEditableError where an alias, or what aliases repeat, is on the way
   */
  at(path: readonly PathSegment[]): unknown {
    let node = this.own(this.#document.contents);
    for (const segment of path) node = this.child(node, segment);
    return node;
  }

  /** The field or entry of a node, by the same rules. */
  child(node: unknown, segment: PathSegment): unknown {
    if (isMap(node)) return this.own(pairOf(node, segment)?.value);
    return isSeq(node) ? this.own(node.items[Number(segment)]) : undefined;
  }

  own(node: unknown): unknown {
    if (isAlias(node)) throw shared(`*${node.source}`);
    const anchor = isNode(node) && 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined && this.#aliases.has(anchor)) throw shared(`&${anchor}`);
    return node;
  }
}

function shared(name: string): NotEditableError {
  return new NotEditableError(`what is written there is shared by ${name}`);
}

/** The field of a map by its name. */
export function pairOf(node: unknown, name: PathSegment): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
}
