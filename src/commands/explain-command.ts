import { Command } from 'commander';
import { CommandError } from './command-error.ts';
import type { ExplainFlags } from './explain.ts';
import { fileOption, manifestOptions } from './manifest-options.ts';
import { oneOf } from './option-parsers.ts';

const OUTPUTS = ['table', 'json', 'yaml'];

/** `portlock explain`: its flags and help. What it does is loaded when it is asked for. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description(
      'Tell why a port of a workload in manifests is open or closed, policy by policy and rule by rule',
    )
    .argument('<workload>', 'NAMESPACE/NAME, or KIND/NAMESPACE/NAME where two kinds share a name')
    .argument('[port]', '8080, 8080/UDP or the name of a port (default: each declared one)')
    .option(
      '--from <source>',
      'who connects: NAMESPACE/NAME of a workload or pod, namespace/NAME, an address, node (default: anybody)',
    );
  return manifestOptions(fileOption(command))
    .option('-o, --output <format>', OUTPUTS.join(', '), oneOf(OUTPUTS), 'table')
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', EXAMPLES)
    .action(explain);
}

const EXAMPLES = `
Exit codes: 0 it was told, 2 it cannot be told, something could not be read, or bad use.

Examples:
  portlock explain shop/web 9090 --from shop/client -f deploy/
  portlock render deploy/ --all | portlock explain shop/web -f deploy/ -f -    as it would be`;

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
  const flags = { quiet: false, ...given, workload, port, paths: filename } as ExplainFlags;
  process.exitCode = await runExplain(flags, processStreams()).catch((error: Error) => {
    throw new CommandError(error.message, { cause: error });
  });
}
