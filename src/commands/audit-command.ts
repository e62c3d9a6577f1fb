import { Command } from 'commander';
import type { AuditFlags } from './audit.ts';
import { CommandError } from './command-error.ts';
import { fileOption, manifestOptions } from './manifest-options.ts';
import { oneOf } from './option-parsers.ts';

const OUTPUTS = ['table', 'wide', 'json', 'yaml'];

/** `portlock audit`: its flags and help. What it does is loaded when it is asked for. */
export function auditCommand(): Command {
  const command = new Command('audit').description(
    'Tell of every workload in manifests what is declared, what policies allow, and what enforce mode would do',
  );
  return manifestOptions(fileOption(command))
    .option('-o, --output <format>', OUTPUTS.join(', '), oneOf(OUTPUTS), 'table')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', EXAMPLES)
    .action(audit);
}

const EXAMPLES = `
Exit codes: 0 clean, 1 findings, 2 something could not be read, or bad use.

Examples:
  portlock audit -f deploy/ -o wide
  helm template web ./chart | portlock audit -f - -o json`;

type Given = Partial<AuditFlags> & { filename?: string[] };

async function audit({ filename = [], ...given }: Given): Promise<void> {
  const [{ runAudit }, { processStreams }, { wantsColor }] = await Promise.all([
    import('./audit.ts'),
    import('./streams.ts'),
    import('./wants-color.ts'),
  ]);
  const color = given.color === true && wantsColor();
  const flags = { quiet: false, ...given, color, paths: filename } as AuditFlags;
  process.exitCode = await runAudit(flags, processStreams()).catch(
    // Whatever it was: 1 would say that something was found.
    (error: Error) => {
      throw new CommandError(error.message, { cause: error });
    },
  );
}
