import path from 'node:path';
import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { auditCommand } from './commands/audit-command.ts';
import { checkCommand } from './commands/check-command.ts';
import { completionCommand } from './commands/completion-command.ts';
import { diffCommand } from './commands/diff-command.ts';
import { explainCommand } from './commands/explain-command.ts';
import { fixCommand } from './commands/fix-command.ts';
import { migrateCommand } from './commands/migrate-command.ts';
import { peerCommand } from './commands/peer-command.ts';
import { probeCommand } from './commands/probe-command.ts';
import { renderCommand } from './commands/render-command.ts';
import { reportCommand } from './commands/report-command.ts';
import { uninstallCommand } from './commands/uninstall-command.ts';
import { visible } from './domain/text/visible-text.ts';
import { operatorCommand } from './operator-command.ts';

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
  const [command, ...words] = process.argv.slice(2);
  if (called === 'kubectl_complete-portlock') return complete(program, process.argv.slice(2));
  if (command === '__complete') return complete(program, words);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EXIT_BAD_USE);
    const { name, message } = error as Error;
    console.error(`portlock: ${visible(message)}`);
    process.exit(BAD_USE_ERRORS.includes(name) ? EXIT_BAD_USE : 1);
  }
}

/** Asked by shells, and by kubectl; so nothing may go wrong that a person would see. */
async function complete(program: Command, words: readonly string[]): Promise<void> {
  const { completionLines, completionsOf } = await import('./commands/complete.ts');
  process.stdout.write(completionLines(completionsOf(program, words)));
}

/** @param name as it was called: kubectl has plugins for commands of its own */
function buildProgram(name: string): Command {
  const program = new Command(name)
    .description(
      'Makes the ports that a Kubernetes workload declares the only ones that can be reached',
    )
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(`portlock: ${visible(oneLine(text.replace(/^error: /, '')))}\n`),
    });
  program.addCommand(operatorCommand());
  program.addCommand(checkCommand());
  program.addCommand(probeCommand());
  program.addCommand(renderCommand());
  program.addCommand(auditCommand());
  program.addCommand(explainCommand());
  program.addCommand(diffCommand());
  program.addCommand(reportCommand());
  program.addCommand(migrateCommand());
  program.addCommand(fixCommand());
  program.addCommand(uninstallCommand());
  program.addCommand(completionCommand());
  program.addCommand(peerCommand(), { hidden: true });
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  return program;
}

/** The parser's messages, which may come with a guess on a line of its own. */
function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}
