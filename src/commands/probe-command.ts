import { Command } from 'commander';
import { clusterOptions } from './cluster-options.ts';
import { CommandError } from './command-error.ts';
import { durationOption, integer, namespaceName, oneOf, portList } from './option-parsers.ts';
import type { ProbeFlags } from './probe.ts';

const OUTPUTS = ['table', 'wide', 'json', 'yaml'];

/** `portlock probe`: its flags and help. What it does is loaded when it is asked for. */
export function probeCommand(): Command {
  const command = new Command('probe')
    .description('Connect to the TCP ports of pods and tell which can be reached, declared or not')
    .argument(
      '<target>',
      'pod/NAME or NAME, deployment/NAME, statefulset/NAME (or another kind of workload), an IP address, or a range of them such as 10.0.0.0/24',
    )
    .option(
      '-n, --namespace <name>',
      "where the target is (default: the context's namespace)",
      namespaceName,
    );
  return clusterOptions(command)
    .option(
      '--ports <list>',
      'such as 8080,9000-9100, or all (default: all of a pod, of an address and of one pod of each template; declared and well-known ones of other pods)',
      portList,
    )
    .option(
      '--rate <number>',
      'connections a second over all addresses; 0 for as many as go',
      integer(0, 1_000_000),
      300,
    )
    .option('--concurrency <number>', 'connections under way at a time', integer(1, 32_768), 8192)
    .addOption(
      durationOption(
        '--timeout <duration>',
        'how long an answer may take before a port counts as filtered',
        '500ms',
      ),
    )
    .option(
      '--inside',
      'also read, by exec with your own rights, which process listens on which address; nothing is written there',
    )
    .option('-o, --output <format>', OUTPUTS.join(', '), oneOf(OUTPUTS), 'table')
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', EXAMPLES)
    .action(probe);
}

const EXAMPLES = `
Exit codes: 0 no undeclared port is reachable, 1 one is, 2 it could not be told, or bad use.

Examples:
  portlock probe deployment/web --inside               declared, listening, reachable
  portlock probe 10.244.1.7 --ports 1-10000 -o json    from a debug pod, without a cluster to ask`;

async function probe(target: string, given: Partial<ProbeFlags>): Promise<void> {
  const flags = { inside: false, quiet: false, ...given, target } as ProbeFlags;
  const abort = new AbortController();
  endAtOnce(abort);
  const { runProbe } = await import('./probe.ts');
  process.exitCode = await runProbe(flags, abort.signal).catch(
    // Whatever it was: 1 would say that a port is reachable.
    (error: Error) => {
      throw new CommandError(error.message, { cause: error });
    },
  );
}

const CLEAR_LINE = '\r\u001b[K';

/** Nothing has to be undone: the kernel ends the connections, and none was ever written to. */
function endAtOnce(abort: AbortController): void {
  const end = (signalNumber: number) => {
    abort.abort();
    if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE);
    process.exit(128 + signalNumber);
  };
  process.once('SIGINT', () => end(2));
  process.once('SIGTERM', () => end(15));
}
