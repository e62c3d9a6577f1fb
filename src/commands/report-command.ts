import { Command } from 'commander';
import { CommandError } from './command-error.ts';
import { oneOf } from './option-parsers.ts';
import type { ReportFlags } from './report.ts';

const OUTPUTS: readonly ReportFlags['output'][] = [
  'table',
  'wide',
  'json',
  'sarif',
  'html',
  'markdown',
  'junit',
  'openreports',
];

/** `portlock report`: its flags and help. What it does is loaded when it is asked for. */
export function reportCommand(): Command {
  return new Command('report')
    .description(
      'Make a report of what portlock audit -o json says, or of the PortExposureReports that kubectl lists as JSON',
    )
    .argument('[file]', 'the JSON, or - for stdin', '-')
    .option('-o, --output <format>', OUTPUTS.join(', '), oneOf(OUTPUTS), 'table')
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', EXAMPLES)
    .action(report);
}

const EXAMPLES = `
Exit codes: 0 clean, 1 findings, 2 something could not be read, or bad use.

Examples:
  portlock audit -f deploy/ -o json | portlock report -o html > report.html
  kubectl get portexposurereports -A -o json | portlock report -o sarif > portlock.sarif`;

async function report(file: string, given: Partial<ReportFlags>): Promise<void> {
  const [{ runReport }, { processStreams }, { wantsColor }] = await Promise.all([
    import('./report.ts'),
    import('./streams.ts'),
    import('./wants-color.ts'),
  ]);
  const color = given.color === true && wantsColor();
  const flags = { quiet: false, ...given, color, file } as ReportFlags;
  process.exitCode = await runReport(flags, processStreams()).catch(
    // Whatever it was: 1 would say that something was found.
    (error: Error) => {
      throw new CommandError(error.message, { cause: error });
    },
  );
}
