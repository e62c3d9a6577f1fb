import path from 'node:path';
import { startComponent } from '../../cluster/component.ts';
import { directories } from '../../cluster/directories.ts';
import { goModule, goProgram } from '../../cluster/go-program.ts';
import { freePort } from '../../harness/free-port.ts';
import type { Kubectl } from '../../harness/kubectl.ts';
import { accountKubeconfig } from '../account.ts';
import { sourceDefinitions } from './definitions.ts';

export const FLUX_NAMESPACE = 'flux-system';
const CONTROLLER = 'kustomize-controller';
const PACKAGE = `github.com/fluxcd/${CONTROLLER}`;
const directory = path.join(import.meta.dirname, 'controller');

/** Flux's kustomize-controller; built where that was not done before. */
export function fluxProgram(signal: AbortSignal): Promise<string> {
  return goProgram({ directory, name: CONTROLLER, go: '1.25', package: PACKAGE }, signal);
}

/** Starts the kustomize-controller; it ends with the cluster. */
export async function startFlux(
  kubectl: Kubectl,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const program = await fluxProgram(signal);
  const definitions = path.join(await goModule(directory, PACKAGE, signal), 'config/crd/bases');
  await kubectl.run(['apply', '--server-side', '--filename', definitions]);
  for (const definition of sourceDefinitions()) await kubectl.apply(definition);
  const account = { namespace: FLUX_NAMESPACE, name: CONTROLLER, folder };
  await startComponent({
    name: CONTROLLER,
    command: [
      program,
      '--watch-all-namespaces',
      `--metrics-addr=127.0.0.1:${await freePort()}`,
      `--health-addr=127.0.0.1:${await freePort()}`,
    ],
    log: path.join(directories().state, 'log', `${CONTROLLER}.log`),
    environment: {
      KUBECONFIG: await accountKubeconfig(kubectl, account),
      RUNTIME_NAMESPACE: FLUX_NAMESPACE,
      HOME: folder,
      TMPDIR: folder,
    },
  });
}
