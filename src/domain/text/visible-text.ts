/**
 * Texts that others wrote, made fit to be shown on a terminal or in a list. Process names, annotations, and what
 * webhooks answer may hold what moves the cursor, renames the window, or turns the order of what is read around.
 * The one place for text that is shown as text.
 */

/** C0, DEL and C1; what changes the direction of writing; line and paragraph separators; halves of characters. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Surrogate}]/gu;

/** The same without C0 and halves of characters, which JSON.stringify escapes by itself. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * The text with all that does not show, or changes how the rest shows, as an escape that does: `\n`, `\x1b`,
 * `\u202e`. So it is one line. A text that is safe stays as it is, and what was escaped is not escaped again.
 */
export function visible(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** The visible text, cut to at most `maximum` UTF-16 code units, of which a cut leaves whole characters. */
export function visibleWithin(text: string, maximum: number): string {
  return visible(text)
    .slice(0, maximum)
    .replace(/\p{Surrogate}$/u, '');
}

/** JSON, or YAML in double quotes, with escapes that are read back as what they stand for. */
export function visibleJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (character) => `\\u${hexadecimal(character, 4)}`);
}

const NAMED: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(character: string): string {
  const isByte = character.charCodeAt(0) <= 0xff;
  return (
    NAMED[character] ??
    (isByte ? `\\x${hexadecimal(character, 2)}` : `\\u${hexadecimal(character, 4)}`)
  );
}

function hexadecimal(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
