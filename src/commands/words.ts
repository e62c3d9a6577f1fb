import { visible } from '../domain/text/visible-text.ts';

/** What a command says to a person, on stderr; results go to stdout. */
export class Words {
  /** Everything that the user must know to read the result, also kept for it. */
  readonly warnings: string[] = [];
  readonly #isQuiet: boolean;

  constructor(options: { isQuiet: boolean }) {
    this.#isQuiet = options.isQuiet;
  }

  say(line: string): void {
    if (!this.#isQuiet) process.stderr.write(`${visible(line)}\n`);
  }

  /** @param sentence without a full stop */
  warn(sentence: string): void {
    this.warnings.push(sentence);
    this.say(`Warning: ${sentence}`);
  }
}
