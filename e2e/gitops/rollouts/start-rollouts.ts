import path from 'node:path';
import { startComponent } from '../../cluster/component.ts';
import { directories } from '../../cluster/directories.ts';
import { goModule, goProgram } from '../../cluster/go-program.ts';
import { freePort } from '../../harness/free-port.ts';
import type { Kubectl } from '../../harness/kubectl.ts';
import { accountKubeconfig } from '../account.ts';

const NAMESPACE = 'argo-rollouts';
const CONTROLLER = 'rollouts-controller';
const MODULE = 'github.com/argoproj/argo-rollouts';
const directory = path.join(import.meta.dirname, 'controller');

/** The controller of Argo Rollouts; built where that was not done before. */
export function rolloutsProgram(signal: AbortSignal): Promise<string> {
  const from = `${MODULE}/cmd/${CONTROLLER}`;
  return goProgram({ directory, name: CONTROLLER, go: '1.25', package: from }, signal);
}

/** Starts it; it ends with the cluster. */
export async function startRollouts(
  kubectl: Kubectl,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const program = await rolloutsProgram(signal);
  const definitions = path.join(await goModule(directory, MODULE, signal), 'manifests/crds');
  await kubectl.run(['apply', '--server-side', '--kustomize', definitions]);
  const kubeconfig = await accountKubeconfig(kubectl, {
    namespace: NAMESPACE,
    name: CONTROLLER,
    folder,
  });
  await startComponent({
    name: CONTROLLER,
    command: [
      program,
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      `--metricsport=${await freePort()}`,
      `--healthzPort=${await freePort()}`,
    ],
    log: path.join(directories().state, 'log', `${CONTROLLER}.log`),
    environment: { HOME: folder, TMPDIR: folder },
  });
}
