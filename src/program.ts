import { Command } from 'commander';
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

/** The commands that people and scripts run, in the order of the help. */
const FRONT_DOORS = [
  checkCommand,
  probeCommand,
  renderCommand,
  auditCommand,
  explainCommand,
  diffCommand,
  reportCommand,
  migrateCommand,
  fixCommand,
  uninstallCommand,
  completionCommand,
];

/** @param name as it was called: kubectl has plugins for commands of its own */
export function buildProgram(name: string): Command {
  const program = new Command(name)
    .description(
      'Makes the ports that a Kubernetes workload declares the only ones that can be reached',
    )
    .version(packageJson.version)
    .addHelpText('after', '\nFlags of a command may stand before it, too, as for kubectl.')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(`portlock: ${visible(oneLine(text.replace(/^error: /, '')))}\n`),
    });
  program.addCommand(operatorCommand());
  for (const create of FRONT_DOORS) program.addCommand(withNoColor(create()));
  program.addCommand(peerCommand(), { hidden: true });
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  return program;
}

/** Each takes it, coloured or not, so that a script may always pass it. */
function withNoColor(command: Command): Command {
  return command.option('--no-color', 'no colours, as with NO_COLOR');
}

/** The parser's messages, which may come with a guess on a line of its own. */
function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}
