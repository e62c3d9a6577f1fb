import { kindNamed, type NamedKind } from '../kind-names.ts';

/** A workload or pod, as somebody names it. */
export interface NamedObject {
  /** Undefined where any of that name is meant. */
  kind: NamedKind | undefined;
  namespace: string;
  name: string;
}

/**
 * What is named by `NAME`, `TYPE/NAME`, `NAMESPACE/NAME` or `KIND/NAMESPACE/NAME`. The first of two is a kind where one
 * is called so, as it is for kubectl; a namespace of such a name is the second of three.
 * @param namespace of what is named without one; undefined where nobody said it
 * @returns undefined where it is none of these
 */
export function namedObject(text: string, namespace: string | undefined): NamedObject | undefined {
  const [name = '', second, third, ...more] = text.split('/').reverse();
  if (more.length > 0) return undefined;
  if (third !== undefined) {
    const kind = kindNamed(third);
    return kind && complete(kind, second, name);
  }
  const kind = second === undefined ? undefined : kindNamed(second);
  return complete(kind, kind === undefined ? (second ?? namespace) : namespace, name);
}

function complete(
  kind: NamedKind | undefined,
  namespace: string | undefined,
  name: string,
): NamedObject | undefined {
  return namespace && name ? { kind, namespace, name } : undefined;
}
