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
  /** By the key and the value of a label. */
  readonly #byLabel = new Map<string, Map<string, T[]>>();

  constructor(items: readonly T[], labelsOf: (item: T) => Labels) {
    this.#items = items;
    this.#labelsOf = labelsOf;
    for (const item of items) {
      for (const [key, value] of Object.entries(labelsOf(item))) {
        const byValue = this.#byLabel.get(key) ?? new Map<string, T[]>();
        this.#byLabel.set(key, byValue);
        const having = byValue.get(value);
        if (having) having.push(item);
        else byValue.set(value, [item]);
      }
    }
  }

  /** The items that a selector matches. Selectors that all items match give the same array each time. */
  matching(selector: LabelSelector): readonly T[] {
    let rarest = this.#items;
    let narrowing = 0;
    for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
      const having = this.#byLabel.get(key)?.get(value);
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
