import { Command } from 'commander';
import { CommandError } from './command-error.ts';
import type { ExplainFlags } from './explain.ts';
import { sourceOptions } from './manifest-options.ts';
import { namespaceName, oneOf } from './option-parsers.ts';

const OUTPUTS = ['table', 'json', 'yaml'];

/** `portlock explain`: its flags and help. What it does is loaded when it is asked for. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description(
      'Tell why a port of a workload is open or closed, policy by policy and rule by rule, in a cluster or in manifests',
    )
    .argument(
      '<workload>',
      'NAME, TYPE/NAME such as deployment/web, NAMESPACE/NAME, or KIND/NAMESPACE/NAME where two kinds share a name or a namespace is called like a kind',
    )
    .argument('[port]', '8080, 8080/UDP or the name of a port (default: each declared one)')
    .option(
      '--from <source>',
      'who connects: NAMESPACE/NAME or TYPE/NAME of a workload or pod, namespace/NAME, an address, node (default: anybody)',
    );
  return sourceOptions(command)
    .option(
      '-n, --namespace <name>',
      "where a workload is that is named without it (default: the context's); with -f also objects that do not say it (default: default)",
      namespaceName,
    )
    .option(
      '--with <file>',
      'as if the policies in this file were there, too, or as they are there; may be given again',
      (file: string, before: readonly string[] = []) => [...before, file],
    )
    .option('-o, --output <format>', OUTPUTS.join(', '), oneOf(OUTPUTS), 'table')
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', EXAMPLES)
    .action(explain);
}

const EXAMPLES = `
Exit codes: 0 it was told, 2 it cannot be told, something could not be read, or bad use.

Examples:
  portlock explain web 9090 -n shop --from shop/client
  portlock render deploy/ --all | portlock explain shop/web -f deploy/ --with -    as it would be`;

type Given = Partial<ExplainFlags> & { filename?: string[] };

async function explain(
  workload: string,
  port: string | undefined,
  { filename = [], ...given }: Given,
): Promise<void> {
  const [{ runExplain }, { processStreams }] = await Promise.all([
    import('./explain.ts'),
    import('./streams.ts'),
  ]);
  const flags = { quiet: false, with: [], ...given, workload, port, paths: filename };
  const never = new AbortController().signal;
  const ended = runExplain(flags as unknown as ExplainFlags, processStreams(), never);
  process.exitCode = await ended.catch((error: Error) => {
    throw new CommandError(error.message, { cause: error });
  });
}
