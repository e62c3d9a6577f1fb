import { parseUpArguments } from './arguments.ts';
import { clusterUp } from './cluster.ts';
import { runCommandLine } from './command-line.ts';
import { formatProgress } from './progress.ts';

await runCommandLine(async (args, signal) => {
  const { network, nodes, families } = parseUpArguments(args);
  const onProgress = (progress: Parameters<typeof formatProgress>[0]) =>
    process.stderr.write(`${formatProgress(progress)}\n`);
  const cluster = await clusterUp({ network, nodes, families, signal, onProgress });
  process.stdout.write(`export KUBECONFIG=${cluster.kubeconfig}\n`);
});
