import path from 'node:path';
import { type Command, CommanderError } from 'commander';
import { commandFirst } from './commands/leading-flags.ts';
import { visible } from './domain/text/visible-text.ts';
import { buildProgram } from './program.ts';

/** Bad use: an unknown flag, a bad value, no cluster, a port in use. */
const EXIT_BAD_USE = 2;
const BAD_USE_ERRORS = [
  'KubeConfigError',
  'ListenError',
  'RangeError',
  'ProbeError',
  'CommandError',
];

await main();

async function main(): Promise<void> {
  const called = path.basename(process.argv[1] ?? '');
  const program = buildProgram(called === 'kubectl-portlock' ? 'kubectl portlock' : 'portlock');
  const given = process.argv.slice(2);
  const [command, ...words] = given;
  try {
    if (called === 'kubectl_complete-portlock') return await complete(program, given);
    if (command === '__complete') return await complete(program, words);
    await program.parseAsync(commandFirst(program, given), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EXIT_BAD_USE);
    const { name, message } = error as Error;
    console.error(`portlock: ${visible(message)}`);
    process.exit(BAD_USE_ERRORS.includes(name) ? EXIT_BAD_USE : 1);
  }
}

/** Asked by shells, and by kubectl; so nothing may go wrong that a person would see. */
async function complete(program: Command, words: readonly string[]): Promise<void> {
  const [{ completionLines, completionsOf }, { processStreams }] = await Promise.all([
    import('./commands/complete.ts'),
    import('./commands/streams.ts'),
  ]);
  await processStreams().stdout(completionLines(completionsOf(program, words)));
}
