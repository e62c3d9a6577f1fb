const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9a-z]+(?:\.[0-9a-z]+)*)?$/;

/** Why this cannot be the next version, as one line that says how to mend it; undefined where it can. */
export function versionTrouble(next: string, current: string): string | undefined {
  if (!VERSION.test(next)) return `"${next}" is no version: give one such as 0.2.0 or 0.2.0-rc.1`;
  if (compare(next, current) < 0) {
    return `${next} is older than ${current}, which package.json has: give a later one`;
  }
  return undefined;
}

/** By the three numbers alone: whoever makes release candidates knows their order. */
function compare(one: string, other: string): number {
  const numbers = (version: string) => version.replace(/-.*/, '').split('.').map(Number);
  const [left, right] = [numbers(one), numbers(other)];
  const differing = left.findIndex((number, index) => number !== right[index]);
  return differing === -1 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}
