/**
 * Whether a value in wire form is all of a kind that is known here. Objects are closed: a field that is not
 * known may change what the others say, as `endPort` did when it came.
 */
export type Shape = (value: unknown) => boolean;

export const anything: Shape = () => true;
export const text: Shape = (value) => typeof value === 'string';
export const integer: Shape = Number.isInteger;

export function oneOf(...texts: readonly string[]): Shape {
  return (value) => texts.includes(value as string);
}

export function listOf(each: Shape): Shape {
  return (value) => Array.isArray(value) && value.every(each);
}

/** An object of any keys. */
export function mapOf(each: Shape): Shape {
  return (value) => isObject(value) && fieldsOf(value).every((field) => each(value[field]));
}

/** An object without other fields than these, each of which may be absent. */
export function closed(fields: Readonly<Record<string, Shape>>): Shape {
  const shapes = new Map(Object.entries(fields));
  return (value) =>
    isObject(value) && fieldsOf(value).every((field) => shapes.get(field)?.(value[field]) ?? false);
}

/** An object with exactly one of these fields. */
export function union(fields: Readonly<Record<string, Shape>>): Shape {
  const isClosed = closed(fields);
  return (value) => isClosed(value) && fieldsOf(value as object).length === 1;
}

/** The fields of an object in wire form that are set: null is absent. */
export function fieldsOf(object: object | null | undefined): string[] {
  return Object.entries(object ?? {})
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([field]) => field);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
