import { visible } from '../domain/text/visible-text.ts';
import type { Streams } from './streams.ts';

/** What a command says to a person, on stderr; results go to stdout. */
export class Words {
  /** Everything that the user must know to read the result, also kept for it. */
  readonly warnings: string[] = [];
  readonly #isQuiet: boolean;
  readonly #stderr: Streams['stderr'];

  constructor(options: { isQuiet: boolean }, { stderr }: Pick<Streams, 'stderr'>) {
    this.#isQuiet = options.isQuiet;
    this.#stderr = stderr;
  }

  say(line: string): void {
    if (!this.#isQuiet) this.tell(line);
  }

  /** What is said to those who asked for quiet, too: a finding, what could not be read. */
  tell(line: string): void {
    this.#stderr(`${visible(line)}\n`);
  }

  /** @param sentence without a full stop */
  warn(sentence: string): void {
    this.warnings.push(sentence);
    this.say(`Warning: ${sentence}`);
  }
}
