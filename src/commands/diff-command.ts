import { Command } from 'commander';
import { CommandError } from './command-error.ts';
import type { DiffFlags } from './diff.ts';
import { allOption, manifestOptions } from './manifest-options.ts';
import { oneOf } from './option-parsers.ts';

const OUTPUTS = ['table', 'unified', 'json', 'yaml'];

/** `portlock diff`: its flags and help. What it does is loaded when it is asked for. */
export function diffCommand(): Command {
  const command = new Command('diff')
    .description(
      'Tell what the policies that render makes would change against those among the manifests: what is open then, what is closed, and to whom',
    )
    .argument('[path...]', 'files, folders with all below them, or - for stdin');
  return allOption(manifestOptions(command))
    .option('-o, --output <format>', OUTPUTS.join(', '), oneOf(OUTPUTS), 'table')
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', EXAMPLES)
    .action(diff);
}

const EXAMPLES = `
Exit codes: 0 nothing changes, 1 something does, 2 something could not be read or told, or bad use.

Examples:
  portlock diff deploy/
  portlock diff deploy/ -o unified                    the policies themselves, line by line
  helm template web ./chart | portlock diff - --all --namespace shop`;

async function diff(paths: string[], given: Partial<DiffFlags>): Promise<void> {
  const [{ runDiff }, { processStreams }] = await Promise.all([
    import('./diff.ts'),
    import('./streams.ts'),
  ]);
  const flags = { all: false, quiet: false, ...given, paths } as DiffFlags;
  process.exitCode = await runDiff(flags, processStreams()).catch(
    // Whatever it was: 1 would say that something changes.
    (error: Error) => {
      throw new CommandError(error.message, { cause: error });
    },
  );
}
