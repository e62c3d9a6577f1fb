import { Command } from 'commander';
import { findCluster } from './cluster-access.ts';
import { CommandError } from './command-error.ts';
import type { UninstallFlags } from './uninstall.ts';

/** `portlock uninstall`: its flags and help. What it does is loaded when it is asked for. */
export function uninstallCommand(): Command {
  return new Command('uninstall')
    .description(
      'Take the operator out of a cluster, with or without the policies that it made; the labels of workloads may stay',
    )
    .option('--keep-policies', 'leave the policies in force; each goes with its workload')
    .option('--remove-policies', 'delete the policies that the operator made')
    .option('--yes', 'do it; without it only what would be done is told')
    .option('--kubeconfig <file>', 'use this file instead of KUBECONFIG or ~/.kube/config')
    .option('--context <name>', 'use this context of the file')
    .addHelpText('after', EXAMPLES)
    .action(uninstall);
}

const EXAMPLES = `
Workloads are not written to. Namespaces are left, and so are policies that git or somebody else owns.

Exit codes: 0 done, or told what would be; 2 something could not be done, or bad use.

Examples:
  portlock uninstall --keep-policies          tell what would go and what would stay
  portlock uninstall --remove-policies --yes  open all again, and leave nothing`;

interface Given {
  keepPolicies?: true;
  removePolicies?: true;
  yes?: true;
  kubeconfig?: string;
  context?: string;
}

async function uninstall({ keepPolicies, removePolicies, yes, ...place }: Given): Promise<void> {
  if (keepPolicies === removePolicies)
    throw new CommandError(
      'say what becomes of the policies: --keep-policies or --remove-policies',
    );
  const flags: UninstallFlags = {
    policies: keepPolicies ? 'keep' : 'remove',
    mode: yes ? 'do' : 'tell',
  };
  const [{ runUninstall }, { processStreams }] = await Promise.all([
    import('./uninstall.ts'),
    import('./streams.ts'),
  ]);
  const { client } = findCluster({ namespace: undefined, ...place } as Parameters<
    typeof findCluster
  >[0]);
  try {
    process.exitCode = await runUninstall(flags, client, processStreams());
  } finally {
    await client.close();
  }
}
