import { Command } from 'commander';
import { CommandError } from './command-error.ts';
import type { FixFlags } from './fix.ts';
import { manifestOptions } from './manifest-options.ts';

/** `portlock fix`: its flags and help. What it does is loaded when it is asked for. */
export function fixCommand(): Command {
  const command = new Command('fix')
    .description(
      'Declare in manifests the ports that something uses and no container declares; only lines are added, and where it is not known in which container, nothing is written',
    )
    .argument('[path...]', 'files, folders with all below them, or with --patch - for stdin');
  return manifestOptions(command)
    .option('--dry-run', 'print the changes as a unified diff, and write nothing')
    .option('--patch', 'print strategic merge patches, as kustomize takes them, and write nothing')
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', EXAMPLES)
    .action(fix);
}

const EXAMPLES = `
Exit codes: 0 nothing is left to be done, 1 something is, 2 something could not be read, or bad use.

Examples:
  portlock fix deploy/ --dry-run
  helm template web ./chart | portlock fix - --patch > ports.yaml`;

async function fix(paths: string[], given: Partial<FixFlags>): Promise<void> {
  const [{ runFix }, { processStreams }] = await Promise.all([
    import('./fix.ts'),
    import('./streams.ts'),
  ]);
  const flags = { dryRun: false, patch: false, quiet: false, ...given, paths } as FixFlags;
  process.exitCode = await runFix(flags, processStreams()).catch(
    // Whatever it was: 1 would say that something is left.
    (error: Error) => {
      throw new CommandError(error.message, { cause: error });
    },
  );
}
