import type { Command } from 'commander';
import { clusterOptions } from './cluster-options.ts';
import { namespaceName, oneOf } from './option-parsers.ts';

/** The options of commands that read manifests instead of a cluster. */
export function manifestOptions(command: Command): Command {
  return operatorOptions(
    command.option(
      '-n, --namespace <name>',
      'where objects are that do not say it',
      namespaceName,
      'default',
    ),
  );
}

/** The options of commands that read manifests, and compare them with the policies that are there. */
export function thereOptions(command: Command): Command {
  return operatorOptions(
    clusterOptions(
      command
        .option(
          '--live',
          'the policies that are there are those of a cluster; without a path so are the workloads',
        )
        .option(
          '-n, --namespace <name>',
          "where objects are that do not say it (default: default; with --live the context's)",
          namespaceName,
        )
        .option('-A, --all-namespaces', 'with --live and without a path, all namespaces'),
    ),
  );
}

/** The options of commands that read manifests where -f names some, else a cluster. */
export function sourceOptions(command: Command): Command {
  return operatorOptions(clusterOptions(fileOption(command)));
}

function operatorOptions(command: Command): Command {
  return command
    .option(
      '--build',
      'read in place of charts and kustomizations what helm template and kustomize build make of them, without network',
    )
    .option(
      '--operator-namespace <name>',
      'where the operator runs, whose probes same-namespace lets in',
      namespaceName,
      'portlock-system',
    )
    .option(
      '--widening <when>',
      'as of the operator: explicit, never',
      oneOf(['explicit', 'never']),
      'explicit',
    );
}

/** Where manifests are, as kubectl calls it. */
function fileOption(command: Command): Command {
  return command.option(
    '-f, --filename <path>',
    'read files, folders with all below them, or - for stdin, and no cluster; may be given again',
    (file: string, before: readonly string[] = []) => [...before, file],
  );
}

/** Whether a label is needed. */
export function allOption(command: Command): Command {
  return command.option(
    '--all',
    'all workloads that do not say off, labelled or not, as if they said enforce',
  );
}
