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
  const fields = value as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field === undefined) continue;
    // Of this name alone an assignment would not make plain data.
    if (key === '__proto__') Object.defineProperty(result, key, own(sorted(field)));
    else result[key] = sorted(field);
  }
  return result;
}

function own(value: unknown): PropertyDescriptor {
  return { value, enumerable: true, configurable: true, writable: true };
}
