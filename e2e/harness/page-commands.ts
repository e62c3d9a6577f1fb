import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './environment.ts';

/**
 * The commands of a page of documentation, in its order: the lines of its `sh` blocks, without what is said of
 * them. A line goes on after a backslash and after a pipe.
 */
export function commandsOf(page: string): string[] {
  const text = readFileSync(path.join(repository, page), 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .replaceAll(/\\\n|(?<=\|)\n/g, ' ')
      .split('\n')
      .map((line) => line.replace(/\s+#.*/, '').trim())
      .filter((line) => line !== ''),
  );
}

/** The words of a command as a shell takes them: quotes keep blanks, and are no part of a word. */
export function wordsOf(command: string): string[] {
  return (command.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map((word) => word.replaceAll("'", ''));
}
