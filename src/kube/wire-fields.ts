import type { Protocol } from '../api/kubernetes.ts';

/**
 * Fields of wire objects that nobody has validated: what is not of the kind that the API says is
 * absent. Custom resources, and manifests from files, may hold anything.
 */

/** An object's fields; none where it is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A list's entries; none where it is no list. */
export function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text; empty where it is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A text, or undefined where there is none. */
export function optionalTextOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a list. */
export function textsOf(value: unknown): string[] {
  return entriesOf(value).filter((entry) => typeof entry === 'string');
}

/** A map of texts, as labels and selectors are; entries that are no text are left out. */
export function textMapOf(value: unknown): Record<string, string> {
  const texts = Object.entries(fieldsOf(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  // Object.fromEntries defines own properties, so a key named __proto__ stays plain data.
  return Object.fromEntries(texts);
}

/** A port number from 1 to 65535, or undefined. */
export function portNumberOf(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535
    ? Number(value)
    : undefined;
}

/** An IntOrString that names a port, or undefined; the empty string names none. */
export function portReferenceOf(value: unknown): number | string | undefined {
  return typeof value === 'string' && value !== '' ? value : portNumberOf(value);
}

/** "Supports TCP, UDP, and SCTP. Default is TCP." Anything else the API refuses: undefined. */
export function protocolOf(value: unknown): Protocol | undefined {
  if (value === undefined || value === null) return 'TCP';
  return value === 'TCP' || value === 'UDP' || value === 'SCTP' ? value : undefined;
}

/** Namespace and name; empty where there are none. */
export function identityOf(wire: object): { namespace: string; name: string } {
  const { namespace, name } = fieldsOf(fieldsOf(wire).metadata);
  return { namespace: textOf(namespace), name: textOf(name) };
}

/** JSON without null: a field that is null is as if it were not there, and an entry as if it were empty. */
export function withoutNulls(value: unknown): unknown {
  if (!holdsNull(value)) return value;
  if (Array.isArray(value))
    return value.map((entry) => (entry === null ? {} : withoutNulls(entry)));
  const fields = Object.entries(fieldsOf(value)).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutNulls(field)]));
}

/** Hardly anything does, and what does not need not be made anew. */
function holdsNull(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (const field of Object.values(value)) if (field === null || holdsNull(field)) return true;
  return false;
}
