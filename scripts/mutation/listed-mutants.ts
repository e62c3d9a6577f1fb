/** The list of faults, each of which some test must notice. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** One small fault: `text` stands once in `file`, and `test` must fail where `becomes` stands in its place. */
export interface ListedMutant {
  file: string;
  text: string;
  becomes: string;
  test: string;
  /** The name of the one test that is run, where others of its file are slow. */
  only?: string;
}

const FIELDS = ['file', 'text', 'becomes', 'test'] as const;

/**
 * Reads a list of mutants in YAML.
 *
 * @param root the folder in which the files that it names lie
 * @throws Error in one line, where an entry is not as it must be, or its text does not stand exactly once in its file
 */
export function readMutants(yaml: string, root: string): ListedMutant[] {
  const entries: unknown = parse(yaml);
  if (!Array.isArray(entries)) throw new Error('The list of mutants is not a list');
  return entries.map((entry, index) => {
    const mutant = shaped(entry, index + 1);
    check(mutant, root);
    return mutant;
  });
}

/** How a mutant is called in messages. */
export function mutantName({ file, text, becomes }: ListedMutant): string {
  return `${file}: ${inOneLine(text)} -> ${inOneLine(becomes)}`;
}

function shaped(entry: unknown, position: number): ListedMutant {
  const { only = '', ...fields } = (entry ?? {}) as Record<string, unknown>;
  const isShaped =
    Object.keys(fields).length === FIELDS.length &&
    [...FIELDS.map((field) => fields[field]), only].every((each) => typeof each === 'string');
  if (!isShaped)
    throw new Error(`Mutant ${position} needs the texts ${FIELDS.join(', ')}, and perhaps only`);
  return entry as ListedMutant;
}

function check(mutant: ListedMutant, root: string): void {
  const { file, text, becomes, test } = mutant;
  const count = readFileSync(path.join(root, file), 'utf8').split(text).length - 1;
  if (text === '' || count !== 1)
    throw new Error(`The text of a mutant stands ${count} times, not once: ${mutantName(mutant)}`);
  if (text === becomes) throw new Error(`A mutant changes nothing: ${mutantName(mutant)}`);
  readFileSync(path.join(root, test));
}

function inOneLine(text: string): string {
  return `\`${text.trim().replaceAll(/\s+/g, ' ')}\``;
}
