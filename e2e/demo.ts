import { clusterDown } from './cluster/cluster.ts';
import { runCommandLine } from './cluster/command-line.ts';
import { parseDemoArguments } from './demo/arguments.ts';
import { playStory } from './demo/story.ts';
import { kubectlOf, startEnvironment } from './harness/environment.ts';
import { installOperator } from './harness/installation.ts';

/** `npm run demo [-- --keep]`: the story of portlock on a real, throwaway cluster. */
await runCommandLine(async (args, signal) => {
  const { keep } = parseDemoArguments(args);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  let done = false;
  try {
    const environment = await startEnvironment(
      { network: 'cilium', nodes: 2, families: 'ipv4', signal },
      say,
    );
    say('Installing portlock: kubectl apply --kustomize config/default');
    const kubectl = kubectlOf(environment);
    await installOperator(kubectl);
    await playStory(kubectl, (text) => process.stdout.write(`${text}\n`), signal);
    done = true;
    if (keep) {
      say('The cluster is left up; npm run cluster:down removes it.');
      process.stdout.write(`export KUBECONFIG=${environment.kubeconfig}\n`);
      process.stdout.write(`alias kubectl='${environment.kubectlCommand.join(' ')}'\n`);
    }
  } finally {
    if (!(keep && done)) {
      say('Removing the cluster');
      await clusterDown();
    }
  }
});
