import type { Command } from 'commander';

/**
 * The words with the command in front. Its flags may stand before it, as kubectl has it: `-n shop audit`. Without a
 * command they say nothing, and none is left. Words with a flag in front that no command has stay as they are.
 */
export function commandFirst(program: Command, words: readonly string[]): string[] {
  let index = 0;
  while (words[index]?.startsWith('-')) {
    const width = widthOf(words[index] ?? '', program);
    if (width === undefined) return [...words];
    index += width;
  }
  const [command, ...rest] = words.slice(index);
  return command === undefined ? [] : [command, ...words.slice(0, index), ...rest];
}

/** How many words a flag has with its value; undefined where no command has such a flag. */
function widthOf(word: string, program: Command): 1 | 2 | undefined {
  const name = flagOf(word);
  const option = program.commands
    .flatMap(({ options }) => options)
    .find(({ long, short }) => long === name || short === name);
  if (option === undefined) return undefined;
  return option.required && name === word ? 2 : 1;
}

/** The name of a flag, which may have its value behind it: `--output=json`, `-ojson`. */
export function flagOf(word: string): string {
  const [name = word] = word.startsWith('--') ? word.split('=', 1) : [word.slice(0, 2)];
  return name;
}
