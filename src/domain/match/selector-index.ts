import type { LabelSelector } from '../../api/kubernetes.ts';
import { KeySets } from './key-sets.ts';

/** Separates labels: no label holds it. */
const SEPARATOR = '\n';

/** The selectors of a namespace that ask for values of the same labels. */
interface Shape {
  readonly labels: readonly string[];
  /** By the values asked for, in the order of `labels`, the keys of the objects that have such a selector. */
  readonly keys: KeySets;
}

/**
 * Finds the objects whose label selector may match given labels, without a look at any other: by what their
 * matchLabels ask for. Those of a namespace mostly ask for the same few labels.
 */
export class SelectorIndex {
  readonly #shapes = new Map<string, Map<string, Shape>>();

  add(key: string, namespace: string, selector: LabelSelector): void {
    const [labels, values] = asked(selector);
    const name = labels.join(SEPARATOR);
    const shapes = this.#shapes.get(namespace) ?? new Map<string, Shape>();
    this.#shapes.set(namespace, shapes);
    const shape = shapes.get(name) ?? { labels, keys: new KeySets() };
    shapes.set(name, shape);
    shape.keys.add(values, key);
  }

  /** Takes out what was added with the same arguments. */
  remove(key: string, namespace: string, selector: LabelSelector): void {
    const [labels, values] = asked(selector);
    const name = labels.join(SEPARATOR);
    const shapes = this.#shapes.get(namespace);
    const shape = shapes?.get(name);
    shape?.keys.remove(values, key);
    if (shape?.keys.size === 0) shapes?.delete(name);
    if (shapes?.size === 0) this.#shapes.delete(namespace);
  }

  /** The keys of all objects whose selector matches the labels, and of some that do not. */
  *candidates(
    namespace: string,
    labels: Readonly<Record<string, string>>,
  ): IterableIterator<string> {
    for (const shape of this.#shapes.get(namespace)?.values() ?? []) {
      if (!shape.labels.every((label) => Object.hasOwn(labels, label))) continue;
      const values = shape.labels.map((label) => labels[label]).join(SEPARATOR);
      yield* shape.keys.of(values);
    }
  }

  /**
   * The keys of all objects whose selector asks for more labels than are given, for all that `asked` does among them, and
   * for no other value of a given one.
   */
  *beyond(
    namespace: string,
    asked: Readonly<Record<string, string>>,
    labels: Readonly<Record<string, string>>,
  ): IterableIterator<string> {
    const wanted = Object.keys(asked);
    for (const shape of this.#shapes.get(namespace)?.values() ?? []) {
      if (!wanted.every((label) => shape.labels.includes(label))) continue;
      if (shape.labels.every((label) => Object.hasOwn(labels, label))) continue;
      const expected = shape.labels.map((label) =>
        Object.hasOwn(asked, label) ? asked[label] : Object.hasOwn(labels, label) && labels[label],
      );
      const [rare = ''] = Object.values(asked);
      for (const values of shape.keys.values()) {
        // Most selectors of a namespace are of other workloads, and it takes longer to take them apart.
        if (!values.includes(rare)) continue;
        const given = values.split(SEPARATOR);
        if (expected.every((value, at) => value === false || value === given[at]))
          yield* shape.keys.of(values);
      }
    }
  }
}

/** The labels that matchLabels asks for, sorted, and their values. */
function asked({ matchLabels = {} }: LabelSelector): [labels: string[], values: string] {
  const labels = Object.keys(matchLabels).sort();
  return [labels, labels.map((label) => matchLabels[label]).join(SEPARATOR)];
}
