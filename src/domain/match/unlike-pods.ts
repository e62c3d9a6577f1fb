/** What tells pods apart: values of labels, and parts that count as a whole. */
interface Distinction<T> {
  /** The labels that count; all of them as one part where undefined. */
  keys: ReadonlySet<string> | undefined;
  /** Of every pod as many; objects are told from others by their identity. */
  partsOf: (pod: T) => readonly (object | string | undefined)[];
}

/**
 * The pods without those that are like an earlier one: hundreds of one template are a few. The store lets pods share
 * equal parts; where they do not, some that are alike are left.
 */
export function unlikePods<T extends { labels: Readonly<Record<string, string>> }>(
  pods: readonly T[],
  { keys, partsOf }: Distinction<T>,
): T[] {
  const root = new Branch();
  return pods.filter((pod) => {
    let branch = root;
    for (const part of partsOf(pod)) branch = branch.to(part);
    if (keys) {
      for (const key of Object.keys(pod.labels)) {
        if (keys.has(key)) branch = branch.to(key).to(pod.labels[key]);
      }
    } else branch = branch.to(pod.labels);
    return branch.take();
  });
}

/** Where a pod's parts lead, one after the other: no text is made of them. */
class Branch {
  readonly #branches = new Map<unknown, Branch>();
  #isTaken = false;

  to(part: unknown): Branch {
    const known = this.#branches.get(part);
    if (known) return known;
    const branch = new Branch();
    this.#branches.set(part, branch);
    return branch;
  }

  /** Whether nobody took it before. */
  take(): boolean {
    const isFirst = !this.#isTaken;
    this.#isTaken = true;
    return isFirst;
  }
}
