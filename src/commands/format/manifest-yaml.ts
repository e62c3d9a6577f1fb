import { visibleJson } from '../../domain/text/visible-text.ts';

/**
 * A manifest in YAML. Written here, so that the same object has the same bytes whatever version a library has: what is
 * committed must not change by an upgrade. Every reader of YAML 1.1 or 1.2 reads the same.
 */
export function manifestYaml(object: object): string {
  return block(object, 0);
}

/** Texts that no version of YAML takes for anything else. */
const PLAIN = /^[A-Za-z][A-Za-z0-9_./-]*$/;
const WORDS = new Set(['y', 'yes', 'n', 'no', 'true', 'false', 'on', 'off', 'null', 'nan', 'inf']);

/** The lines of a value, each with its line feed; the first one without its indent. */
function block(value: unknown, indent: number): string {
  const pad = ' '.repeat(indent);
  let text = '';
  if (Array.isArray(value)) {
    for (const entry of value) text += `${text && pad}- ${entryOf(entry, indent + 2)}`;
    return text;
  }
  for (const [key, field] of Object.entries(value as object))
    if (field !== undefined) text += `${text && pad}${scalar(key)}:${fieldOf(field, indent)}`;
  return text;
}

/** An entry begins on the line of its dash. */
function entryOf(value: unknown, indent: number): string {
  return isBlock(value) ? block(value, indent) : `${scalar(value)}\n`;
}

function fieldOf(value: unknown, indent: number): string {
  const inner = indent + 2;
  return isBlock(value) ? `\n${' '.repeat(inner)}${block(value, inner)}` : ` ${scalar(value)}\n`;
}

function isBlock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = PLAIN.test(value) && !WORDS.has(value.toLowerCase());
  return isPlain ? value : visibleJson(JSON.stringify(value));
}
