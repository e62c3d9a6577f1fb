import { Command } from 'commander';
import { CommandError } from './command-error.ts';
import { allOption, manifestOptions } from './manifest-options.ts';
import { folderName } from './option-parsers.ts';
import type { RenderFlags } from './render.ts';

/** `portlock render`: its flags and help. What it does is loaded when it is asked for. */
export function renderCommand(): Command {
  const command = new Command('render')
    .description('Make the policies of manifests, without a cluster, for git to own')
    .argument('[path...]', 'files, folders with all below them, or - for stdin');
  return allOption(manifestOptions(command))
    .option(
      '--out-dir <folder>',
      'write a file for each policy here, and delete those of workloads that are gone',
      folderName,
    )
    .option(
      '--check',
      'write nothing; exit with 1 where the policies among the manifests, or in --out-dir, differ',
    )
    .option('-q, --quiet', 'only the result, findings and errors')
    .addHelpText('after', EXAMPLES)
    .action(render);
}

const EXAMPLES = `
Exit codes: 0 clean, 1 findings or differences, 2 something could not be read, or bad use.

Examples:
  helm template web ./chart | portlock render - --namespace shop
  portlock render deploy/ --out-dir deploy/policies --check`;

async function render(paths: string[], given: Partial<RenderFlags>): Promise<void> {
  const flags = { all: false, check: false, quiet: false, ...given, paths } as RenderFlags;
  const [{ runRender }, { processStreams }] = await Promise.all([
    import('./render.ts'),
    import('./streams.ts'),
  ]);
  process.exitCode = await runRender(flags, processStreams()).catch(
    // Whatever it was: 1 would say that something was found.
    (error: Error) => {
      throw new CommandError(error.message, { cause: error });
    },
  );
}
