import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';

const ROOT = path.join(import.meta.dirname, '../..');

/** Returns what is wrong with a value by the JSON Schema of that file, one line for each place; none where it is right. */
export function checkerOf(file: string): (value: unknown) => string[] {
  const { $schema, id, ...schema } = JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
  // Draft 4, which says "id", is a draft 7 but for words that none of these schemas has.
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    validateFormats: false,
    // A pattern of the one of SARIF is none with Unicode.
    unicodeRegExp: false,
  });
  const validate = ajv.compile(schema);
  return (value) => {
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}
