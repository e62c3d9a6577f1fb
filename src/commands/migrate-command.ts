import { Command } from 'commander';
import { CommandError } from './command-error.ts';
import { thereOptions } from './manifest-options.ts';
import type { MigrateFlags } from './migrate.ts';
import { oneOf } from './option-parsers.ts';

const OUTPUTS = ['table', 'json', 'yaml'];

/** `portlock migrate`: its flags and help. What it does is loaded when it is asked for. */
export function migrateCommand(): Command {
  const command = new Command('migrate')
    .description(
      'Compare the NetworkPolicies among manifests, or in a cluster, with those that portlock would keep in their place: the same, wider, narrower, the annotations that come nearest, and the steps in an order without a gap',
    )
    .argument('[path...]', 'files, folders with all below them, or - for stdin');
  return thereOptions(command)
    .option('-o, --output <format>', OUTPUTS.join(', '), oneOf(OUTPUTS), 'table')
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', EXAMPLES)
    .action(migrate);
}

const EXAMPLES = `
Exit codes: 0 portlock's policies allow the same, 1 some differ, 2 something could not be read or told, or bad use.

Examples:
  portlock migrate deploy/
  portlock migrate --live -A                          those of a cluster
  helm template web ./chart | portlock migrate - --namespace shop -o json`;

const DEFAULTS = { quiet: false, live: false, allNamespaces: false };

async function migrate(paths: string[], given: Partial<MigrateFlags>): Promise<void> {
  const [{ runMigrate }, { processStreams }] = await Promise.all([
    import('./migrate.ts'),
    import('./streams.ts'),
  ]);
  const never = new AbortController().signal;
  const flags = { ...DEFAULTS, ...given, paths } as MigrateFlags;
  process.exitCode = await runMigrate(flags, processStreams(), never).catch(
    // Whatever it was: 1 would say that something differs.
    (error: Error) => {
      throw new CommandError(error.message, { cause: error });
    },
  );
}
