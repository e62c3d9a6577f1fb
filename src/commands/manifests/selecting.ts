import type { LabelSelector } from '../../api/kubernetes.ts';
import { SelectorIndex } from '../../domain/match/selector-index.ts';
import type { Workload } from '../../domain/workload/workload.ts';

type Labels = Readonly<Record<string, string>>;

/** Objects by what their label selector asks for. */
export class Selecting<T> {
  readonly #index = new SelectorIndex();
  readonly #items = new Map<string, T>();

  add(item: T, namespace: string, selector: LabelSelector): void {
    const key = String(this.#items.size);
    this.#items.set(key, item);
    this.#index.add(key, namespace, selector);
  }

  /** Those of a namespace whose selector leads to pods of such a workload only once these have more labels, and some others. */
  awaiting({ namespace, selector, template }: Workload): T[] {
    const keys = this.#index.beyond(namespace, selector.matchLabels ?? {}, template.labels);
    return this.#inOrder(new Set(keys));
  }

  /** Those of a namespace whose selector matches any of the labels, in the order in which they were added, and some that do not. */
  candidates(namespace: string, labels: Iterable<Labels>): T[] {
    const keys = new Set<string>();
    for (const each of labels)
      for (const key of this.#index.candidates(namespace, each)) keys.add(key);
    return this.#inOrder(keys);
  }

  #inOrder(keys: ReadonlySet<string>): T[] {
    return [...keys]
      .sort((a, b) => Number(a) - Number(b))
      .flatMap((key) => this.#items.get(key) ?? []);
  }
}
