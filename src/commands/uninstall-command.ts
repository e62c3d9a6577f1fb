import { Command } from 'commander';
import { clusterOptions } from './cluster-options.ts';
import { CommandError } from './command-error.ts';
import type { UninstallFlags } from './uninstall.ts';

/** `portlock uninstall`: its flags and help. What it does is loaded when it is asked for. */
export function uninstallCommand(): Command {
  const command = new Command('uninstall')
    .description(
      'Take the operator out of a cluster, with or without the policies that it made; the labels of workloads may stay',
    )
    .option('--keep-policies', 'leave the policies in force; each goes with its workload')
    .option('--remove-policies', 'delete the policies that the operator made')
    .option('--yes', 'do it; without it only what would be done is told')
    .addHelpText('after', EXAMPLES)
    .action(uninstall);
  return clusterOptions(command);
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
  as?: string;
}

async function uninstall({ keepPolicies, removePolicies, yes, ...given }: Given): Promise<void> {
  if (keepPolicies === removePolicies)
    throw new CommandError(
      'say what becomes of the policies: --keep-policies or --remove-policies',
    );
  const flags: UninstallFlags = {
    policies: keepPolicies ? 'keep' : 'remove',
    mode: yes ? 'do' : 'tell',
  };
  const [{ runUninstall }, { findCluster }, { processStreams }] = await Promise.all([
    import('./uninstall.ts'),
    import('./cluster-access.ts'),
    import('./streams.ts'),
  ]);
  const { kubeconfig, context, as } = given;
  const { client } = findCluster({ kubeconfig, context, as, namespace: undefined });
  try {
    process.exitCode = await runUninstall(flags, client, processStreams());
  } finally {
    await client.close();
  }
}
