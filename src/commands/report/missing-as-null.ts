import type { Schema } from '../../kube/shape.ts';

/** The value with null for each field of its schema that is not there: whoever passed it on may drop what is null. */
export function missingAsNull(schema: Schema, value: unknown): unknown {
  const { properties, items } = schema;
  if (Array.isArray(value)) return items ? value.map((each) => missingAsNull(items, each)) : value;
  if (!properties || typeof value !== 'object' || value === null) return value;
  const there = value as Readonly<Record<string, unknown>>;
  const told = Object.entries(properties).map(
    ([key, each]) => [key, missingAsNull(each, there[key] ?? null)] as const,
  );
  return { ...value, ...Object.fromEntries(told) };
}
