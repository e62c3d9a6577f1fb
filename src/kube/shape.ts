import { fieldsOf } from './wire-fields.ts';

/** What a value of a wire object may be, in those words of JSON Schema that definitions use. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Of the properties, those that must be there. */
  readonly required?: readonly string[];
  /** Of an object that is a map. */
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  /** Whether an entry of a list may be null; a field always may, which is as if it were not there. */
  readonly nullable?: boolean;
}

/** An object is not as the API says. The message is what of it is wrong, as `spec.containers[0].ports`. */
export class MalformedObjectError extends Error {
  override readonly name = 'MalformedObjectError';
  readonly reason = 'MalformedObject';
}

/** Told what of an object is wrong, where the rest of it is of use. */
export type OnMalformed = (field: string) => void;

/**
 * The first field that is not as the schema says, as a path; undefined where there is none. Fields that the schema
 * does not name may be anything: a newer API server may know more than we do.
 */
export function misfit(schema: Schema, value: unknown, path = ''): string | undefined {
  const wrong = wrongWithin(schema, value);
  return wrong === undefined ? undefined : joined(path, wrong) || '(all of it)';
}

/** The same as a path from the value on, empty for the value itself. Mostly all is right, and makes no text. */
function wrongWithin(schema: Schema, value: unknown): string | undefined {
  const { type, properties, required, additionalProperties, items } = schema;
  if (!isOfType(value, type) || !isInRange(value, schema)) return '';
  if (items) return wrongEntry(value as unknown[], items);
  if (type !== 'object') return undefined;
  const fields = fieldsOf(value);
  const missing = required?.find((name) => !isThere(fields[name]));
  if (missing !== undefined) return missing;
  if (additionalProperties) return wrongMember(fields, additionalProperties);
  for (const name in properties) {
    const schemaOfField = properties[name];
    const wrong =
      schemaOfField && isThere(fields[name]) ? wrongWithin(schemaOfField, fields[name]) : undefined;
    if (wrong !== undefined) return joined(name, wrong);
  }
  return undefined;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function wrongEntry(entries: readonly unknown[], schema: Schema): string | undefined {
  for (const [index, entry] of entries.entries()) {
    const wrong = isHole(entry, schema) ? undefined : wrongWithin(schema, entry);
    if (wrong !== undefined) return joined(`[${index}]`, wrong);
  }
  return undefined;
}

function wrongMember(
  members: Readonly<Record<string, unknown>>,
  schema: Schema,
): string | undefined {
  for (const [name, member] of Object.entries(members)) {
    const wrong = isHole(member, schema) ? undefined : wrongWithin(schema, member);
    if (wrong !== undefined) return joined(name, wrong);
  }
  return undefined;
}

function isHole(value: unknown, { nullable }: Schema): boolean {
  return value === null && nullable === true;
}

/** @throws MalformedObjectError where the object is not as the schema says */
export function assertShape(schema: Schema, object: unknown): void {
  const wrong = misfit(schema, object);
  if (wrong !== undefined) throw new MalformedObjectError(wrong);
}

/** A projection that takes whatever it is given, and tells what of that is not as the schema says. */
export function checked<T>(
  schema: Schema,
  project: (object: object) => T,
): (object: object, onMalformed: OnMalformed) => T {
  return (object, onMalformed) => {
    const wrong = misfit(schema, object);
    if (wrong !== undefined) onMalformed(wrong);
    return project(object);
  };
}

function isOfType(value: unknown, type: Schema['type']): boolean {
  switch (type) {
    case undefined:
      return true;
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function isInRange(value: unknown, { minimum, maximum, format, ...schema }: Schema): boolean {
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (typeof value === 'string') return format !== 'date-time' || !Number.isNaN(Date.parse(value));
  if (typeof value !== 'number') return true;
  return value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
}

function joined(path: string, rest: string): string {
  return path === '' || rest === '' || rest.startsWith('[') ? path + rest : `${path}.${rest}`;
}
