import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';

const ROOT = path.join(import.meta.dirname, '../..');

/** What is wrong with a value, one line for each place; none where it is right. */
type Checker = (value: unknown) => string[];

/** One for each schema and process: to compile a large one takes a second. */
const checkers = new Map<string, Checker>();

/** A checker by the JSON Schema of that file. */
export function checkerOf(file: string): Checker {
  const checker = checkers.get(file) ?? compiled(file);
  checkers.set(file, checker);
  return checker;
}

function compiled(file: string): Checker {
  const { $schema, id, ...schema } = JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
  // Draft 4, which says "id", is a draft 7 but for words that none of these schemas has.
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    validateFormats: false,
    // A pattern of the one of SARIF is none with Unicode.
    unicodeRegExp: false,
    // Plainer code, which is made in half of the time.
    inlineRefs: false,
    code: { optimize: false },
  });
  const validate = ajv.compile(schema);
  return (value) => {
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}
