/**
 * Whether two values are the same as JSON: keys have no order, and a field that is undefined is as if it were not
 * there. The same as to compare their canonical JSON, without making any.
 */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && sameLists(a, b);
  return sameFields(a as Fields, b as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function sameLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((entry, index) => sameJson(entry, b[index]));
}

function sameFields(a: Fields, b: Fields): boolean {
  let unmatched = 0;
  for (const name of Object.keys(b)) if (b[name] !== undefined) unmatched += 1;
  for (const name of Object.keys(a)) {
    if (a[name] === undefined) continue;
    if (!Object.hasOwn(b, name) || !sameJson(a[name], b[name])) return false;
    unmatched -= 1;
  }
  return unmatched === 0;
}
