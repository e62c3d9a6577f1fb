import type { Command, Option } from 'commander';
import { commandFirst, flagOf } from './leading-flags.ts';

/** What may stand at the end of a command line. */
export interface Completions {
  /** Each with what it is; empty where nothing is said. */
  candidates: readonly (readonly [text: string, about: string])[];
  /** Whether a file may stand there, too. */
  files: boolean;
}

const NOTHING: Completions = { candidates: [], files: false };

/** Arguments and values of options that are files, as the help names them. */
const FILES = /^<?(?:path|file|folder)(?:\.{3})?>?$/;

/** @param words those after the name of the program, of which the last one is to be completed and may be empty */
export function completionsOf(program: Command, words: readonly string[]): Completions {
  const current = words.at(-1) ?? '';
  const said = words.slice(0, -1);
  const before = commandFirst(program, said);
  const [name] = before;
  if (name === undefined || name.startsWith('-')) return inFront(program, said, current);
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined) return NOTHING;
  const [, flag] = /^(--[^=]+)=/.exec(current) ?? [];
  const taking = optionOf(command, flag ?? before.at(-1) ?? '');
  if (taking !== undefined && flag !== undefined)
    return startingWith(current, withPrefix(valuesOf(taking), `${flag}=`), isFile(taking));
  if (taking !== undefined) return startingWith(current, valuesOf(taking), isFile(taking));
  if (current.startsWith('-')) return startingWith(current, optionsOf(command));
  const files = command.registeredArguments.some((each) => FILES.test(each.name()));
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return startingWith(current, choices.map(asCandidate), files);
}

/** Before the command stand flags with their values: those of any command that has all that were said. */
function inFront(program: Command, before: readonly string[], current: string): Completions {
  const commands = takingAll(program, before);
  const [, flag] = /^(--[^=]+)=/.exec(current) ?? [];
  const taking = commands.flatMap(
    (command) => optionOf(command, flag ?? before.at(-1) ?? '') ?? [],
  );
  if (taking.length > 0) {
    const values = distinct(taking.flatMap(valuesOf));
    const isAnyFile = taking.some(isFile);
    return startingWith(current, flag ? withPrefix(values, `${flag}=`) : values, isAnyFile);
  }
  const options = current.startsWith('-') ? [program, ...commands].flatMap(optionsOf) : [];
  const names = commands.map((each): Candidate => [each.name(), each.description()]);
  return startingWith(current, distinct([...names, ...optionsOf(program), ...options]));
}

/** The commands that help tells of and that have each of these flags, but for those that none has. */
function takingAll(program: Command, words: readonly string[]): Command[] {
  const shown = program.createHelp().visibleCommands(program);
  return words
    .filter((word) => word.startsWith('-'))
    .map((word) => shown.filter((command) => hasFlag(command, word)))
    .filter((taking) => taking.length > 0)
    .reduce((all, taking) => all.filter((command) => taking.includes(command)), [...shown]);
}

function hasFlag({ options }: Command, word: string): boolean {
  const name = flagOf(word);
  return options.some(({ long, short }) => long === name || short === name);
}

/** Each text once, with nothing said of it where commands say different things. */
function distinct(candidates: readonly Candidate[]): Candidate[] {
  const byText = Map.groupBy(candidates, ([text]) => text);
  return [...byText].map(([text, same]) => {
    const [about = '', ...others] = new Set(same.map(([, said]) => said));
    return [text, others.length > 0 ? '' : about];
  });
}

/** As kubectl and the shells read them, line by line: cobra's protocol, whose last line says whether files may follow. */
export function completionLines({ candidates, files }: Completions): string {
  const lines = candidates.map(([text, about]) => (about === '' ? text : `${text}\t${about}`));
  return [...lines, files ? ':0' : ':4'].map((line) => `${line}\n`).join('');
}

type Candidate = Completions['candidates'][number];

function startingWith(
  current: string,
  candidates: readonly Candidate[],
  files = false,
): Completions {
  return { candidates: candidates.filter(([text]) => text.startsWith(current)), files };
}

function optionsOf(command: Command): Candidate[] {
  const shown = command.createHelp().visibleOptions(command);
  return shown.flatMap(({ long, description }) => (long ? [[long, description] as const] : []));
}

/** The option that takes a value and is called so. */
function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(
    ({ long, short, required }) => required && (long === flag || short === flag),
  );
}

/** An option that is one of a few words says so in these words. */
function valuesOf({ description }: Option): Candidate[] {
  const [words = ''] = /(?:^|: )([a-z]+(?:, [a-z]+)+)$/.exec(description)?.slice(1) ?? [];
  return words === '' ? [] : words.split(', ').map(asCandidate);
}

function isFile({ flags }: Option): boolean {
  return FILES.test(flags.split(' ').at(-1) ?? '');
}

function withPrefix(candidates: readonly Candidate[], prefix: string): Candidate[] {
  return candidates.map(([text, about]) => [`${prefix}${text}`, about]);
}

function asCandidate(text: string): Candidate {
  return [text, ''];
}
