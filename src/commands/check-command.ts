import { Command } from 'commander';
import type { CheckFlags } from './check.ts';
import { clusterOptions } from './cluster-options.ts';
import { CommandError } from './command-error.ts';
import { DEFAULT_IMAGE } from './default-image.ts';
import { endOnSignals } from './end-on-signals.ts';
import { durationOption, namespaceName, oneOf } from './option-parsers.ts';

const OUTPUTS = ['table', 'json', 'yaml'];

/** `portlock check`: its flags and help. What it does is loaded when it is asked for. */
export function checkCommand(): Command {
  const command = new Command('check')
    .description(
      'Find out whether this cluster enforces NetworkPolicies, how, and how soon: by pods of its own, of which nothing is left',
    )
    .option(
      '-n, --namespace <name>',
      'use this namespace, which is there (default: one that is made for it, and deleted)',
      namespaceName,
    );
  return clusterOptions(command)
    .option('--image <image>', "portlock's own image, as the nodes get it", DEFAULT_IMAGE)
    .option(
      '--like-pod <name>',
      'with -n, run where this pod of the namespace may, and get the image by its pull secrets',
    )
    .addOption(
      durationOption(
        '--settle <duration>',
        'how long the network may take before it counts as not enforcing',
        '60s',
      ),
    )
    .addOption(durationOption('--timeout <duration>', 'how long all of it may take', '3m'))
    .option('-o, --output <format>', OUTPUTS.join(', '), oneOf(OUTPUTS), 'table')
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', EXAMPLES)
    .action(check);
}

const EXAMPLES = `
Exit codes: 0 policies are enforced, 1 they are not, 2 it could not be told, or bad use.

Examples:
  portlock check                                          in a namespace of its own
  portlock check -n default --image registry.example/portlock:v0.1.0 -o json`;

async function check(given: Partial<CheckFlags>): Promise<void> {
  const signal = endOnSignals();
  const [{ runCheck }, { processStreams }] = await Promise.all([
    import('./check.ts'),
    import('./streams.ts'),
  ]);
  const flags = { quiet: false, ...given } as CheckFlags;
  try {
    process.exitCode = await runCheck(flags, processStreams(), signal);
  } catch (error) {
    if (signal.aborted) return;
    // Whatever it was: 1 would say that nothing is enforced.
    throw new CommandError((error as Error).message, { cause: error });
  }
}
