/**
 * Deterministic JSON: keys sorted, absent and undefined fields left out, arrays in order. Two
 * objects of the same meaning to the API server give the same text.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  // Object.fromEntries defines own properties, so a key named __proto__ stays plain data.
  return Object.fromEntries(entries.map(([key, field]) => [key, sorted(field)]));
}
