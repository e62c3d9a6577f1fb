import { Command } from 'commander';
import type { AuditFlags } from './audit.ts';
import { CommandError } from './command-error.ts';
import { DEFAULT_IMAGE } from './default-image.ts';
import { endOnSignals } from './end-on-signals.ts';
import { sourceOptions } from './manifest-options.ts';
import { integer, namespaceName, oneOf, portList } from './option-parsers.ts';

const OUTPUTS = ['table', 'wide', 'json', 'yaml'];

/** `portlock audit`: its flags and help. What it does is loaded when it is asked for. */
export function auditCommand(): Command {
  const command = new Command('audit').description(
    'Tell of every workload of a cluster, or in manifests, what is declared, what policies allow, and what enforce mode would do',
  );
  return sourceOptions(command)
    .option(
      '-n, --namespace <name>',
      "which namespace (default: the context's); with -f where objects are that do not say it (default: default)",
      namespaceName,
    )
    .option('-A, --all-namespaces', 'all namespaces')
    .option(
      '--inside',
      'also read in a pod of each template what listens and who is connected, by exec with your own rights',
    )
    .option(
      '--probe',
      'also connect to a pod of each template, from a pod that is made for it and deleted',
    )
    .option('--from-pod <namespace/name>', 'with --probe, from this pod, whose image has Node')
    .option('--image <image>', "portlock's own image, as the nodes get it", DEFAULT_IMAGE)
    .option(
      '--ports <list>',
      'with --probe, such as 8080,9000-9100, or all (default: declared and well-known ones, and what listens)',
      portList,
    )
    .option(
      '--rate <number>',
      'with --probe, connections a second; 0 for as many as go',
      integer(0, 1_000_000),
      300,
    )
    .option('-o, --output <format>', OUTPUTS.join(', '), oneOf(OUTPUTS), 'table')
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', EXAMPLES)
    .action(audit);
}

const EXAMPLES = `
Exit codes: 0 clean, 1 findings, 2 something could not be read, or bad use.

Examples:
  portlock audit -A --inside --probe                     a cluster, with nothing installed
  helm template web ./chart | portlock audit -f - -o json`;

type Given = Partial<AuditFlags> & { filename?: string[] };

async function audit({ filename = [], ...given }: Given): Promise<void> {
  const [{ runAudit }, { processStreams }, { wantsColor }] = await Promise.all([
    import('./audit.ts'),
    import('./streams.ts'),
    import('./wants-color.ts'),
  ]);
  const color = given.color === true && wantsColor();
  const flags = {
    quiet: false,
    allNamespaces: false,
    inside: false,
    probe: given.fromPod !== undefined,
    ...given,
    color,
    paths: filename,
  } as AuditFlags;
  // Only what was made has to be taken away; anything else ends at once.
  const signal = flags.probe ? endOnSignals() : new AbortController().signal;
  try {
    process.exitCode = await runAudit(flags, processStreams(), signal);
  } catch (error) {
    if (signal.aborted) return;
    // Whatever it was: 1 would say that something was found.
    throw new CommandError((error as Error).message, { cause: error });
  }
}
