import type { Command } from 'commander';

/** Which cluster, as kubectl's flags of the same names say it. */
export function clusterOptions(command: Command): Command {
  return command
    .option(
      '--kubeconfig <file>',
      "use this file instead of KUBECONFIG, ~/.kube/config or the pod's service account",
    )
    .option('--context <name>', 'use this context of the file')
    .option('--as <user>', 'act as this user, as far as you may impersonate it');
}
