import type { LabelSelector } from '../../api/kubernetes.ts';
import { selectorMatches } from '../match/label-selector.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Items by their labels. A selector is tried only on the items that have the rarest of its labels,
 * so that many selectors over many items stay linear.
 */
export class LabelIndex<T> {
  readonly #items: readonly T[];
  readonly #labelsOf: (item: T) => Labels;
  readonly #byLabel = new Map<string, T[]>();

  constructor(items: readonly T[], labelsOf: (item: T) => Labels) {
    this.#items = items;
    this.#labelsOf = labelsOf;
    for (const item of items) {
      for (const [key, value] of Object.entries(labelsOf(item))) {
        const entry = labelEntry(key, value);
        const having = this.#byLabel.get(entry);
        if (having) having.push(item);
        else this.#byLabel.set(entry, [item]);
      }
    }
  }

  /** The items that a selector matches. Selectors that all items match give the same array each time. */
  matching(selector: LabelSelector): readonly T[] {
    let rarest = this.#items;
    let narrowing = 0;
    for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
      const having = this.#byLabel.get(labelEntry(key, value));
      if (!having) return [];
      // A label that every item has tells nothing.
      if (having.length === this.#items.length) continue;
      narrowing += 1;
      if (having.length < rarest.length) rarest = having;
    }
    if (narrowing <= 1 && !selector.matchExpressions?.length) return rarest;
    return rarest.filter((item) => selectorMatches(selector, this.#labelsOf(item)));
  }
}

/** No label holds the character that parts them. */
function labelEntry(key: string, value: string): string {
  return `${key}\0${value}`;
}
