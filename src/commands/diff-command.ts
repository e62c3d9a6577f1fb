import { Command } from 'commander';
import { CommandError } from './command-error.ts';
import type { DiffFlags } from './diff.ts';
import { allOption, thereOptions } from './manifest-options.ts';
import { oneOf } from './option-parsers.ts';

const OUTPUTS = ['table', 'unified', 'json', 'yaml'];

/** `portlock diff`: its flags and help. What it does is loaded when it is asked for. */
export function diffCommand(): Command {
  const command = new Command('diff')
    .description(
      'Tell what the policies that render makes would change against those among the manifests, or in a cluster: what is open then, what is closed, and to whom',
    )
    .argument('[path...]', 'files, folders with all below them, or - for stdin');
  return allOption(thereOptions(command))
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
  portlock diff deploy/ --live                        against the policies of the cluster
  portlock diff --live -A --all                       what enforce mode would change in it
  helm template web ./chart | portlock diff - --all --namespace shop`;

const DEFAULTS = { all: false, quiet: false, live: false, allNamespaces: false };

async function diff(paths: string[], given: Partial<DiffFlags>): Promise<void> {
  const [{ runDiff }, { processStreams }] = await Promise.all([
    import('./diff.ts'),
    import('./streams.ts'),
  ]);
  const never = new AbortController().signal;
  const flags = { ...DEFAULTS, ...given, paths } as DiffFlags;
  process.exitCode = await runDiff(flags, processStreams(), never).catch(
    // Whatever it was: 1 would say that something changes.
    (error: Error) => {
      throw new CommandError(error.message, { cause: error });
    },
  );
}
