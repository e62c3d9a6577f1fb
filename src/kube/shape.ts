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
  const wrong = misfitIn(schema, value);
  if (wrong === undefined) return undefined;
  return joined(path, wrong) || '(all of it)';
}

/** The same from the value on, empty for the value itself. Nearly all values fit: for those no path is made. */
function misfitIn(schema: Schema, value: unknown): string | undefined {
  const { type, properties, required, additionalProperties, items } = schema;
  if (!isOfType(value, type) || !isInRange(value, schema)) return '';
  if (items) return misfitInList(items, value as unknown[]);
  if (type !== 'object') return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name of required ?? []) if (isAbsent(fields[name])) return name;
  if (additionalProperties) return misfitInMap(additionalProperties, fields);
  for (const name in properties) {
    const each = properties[name];
    if (each === undefined || isAbsent(fields[name])) continue;
    const wrong = misfitIn(each, fields[name]);
    if (wrong !== undefined) return joined(name, wrong);
  }
  return undefined;
}

function misfitInList(schema: Schema, entries: readonly unknown[]): string | undefined {
  for (const [index, entry] of entries.entries()) {
    if (entry === null && schema.nullable) continue;
    const wrong = misfitIn(schema, entry);
    if (wrong !== undefined) return joined(`[${index}]`, wrong);
  }
  return undefined;
}

function misfitInMap(
  schema: Schema,
  fields: Readonly<Record<string, unknown>>,
): string | undefined {
  for (const name of Object.keys(fields)) {
    if (fields[name] === null && schema.nullable) continue;
    const wrong = misfitIn(schema, fields[name]);
    if (wrong !== undefined) return joined(name, wrong);
  }
  return undefined;
}

function isAbsent(field: unknown): boolean {
  return field === undefined || field === null;
}

/** @throws MalformedObjectError where the object is not as the schema says */
export function assertShape(schema: Schema, object: unknown): void {
  const wrong = misfit(schema, object);
  if (wrong !== undefined) throw new MalformedObjectError(wrong);
}

/** A projection that takes whatever it is given, and tells what of that is not as the schema says. */
export function checked<T>(
  schema: Schema,
  project: (object: object, onMalformed: OnMalformed) => T,
): (object: object, onMalformed: OnMalformed) => T {
  return (object, onMalformed) => {
    const wrong = misfit(schema, object);
    if (wrong !== undefined) onMalformed(wrong);
    return project(object, onMalformed);
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

function isInRange(value: unknown, schema: Schema): boolean {
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (typeof value === 'string')
    return schema.format !== 'date-time' || !Number.isNaN(Date.parse(value));
  if (typeof value !== 'number') return true;
  return value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
}

/** A path and one that goes on from there. */
function joined(path: string, rest: string): string {
  return path === '' || rest === '' || rest.startsWith('[') ? path + rest : `${path}.${rest}`;
}
