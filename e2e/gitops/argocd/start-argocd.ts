import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../cluster/command.ts';
import { startComponent } from '../../cluster/component.ts';
import { directories } from '../../cluster/directories.ts';
import { goModule, goProgram } from '../../cluster/go-program.ts';
import { installRequired } from '../../cluster/packages.ts';
import type { Say } from '../../cluster/progress.ts';
import { type Environment, kubectlOf, repository } from '../../harness/environment.ts';
import { freePort } from '../../harness/free-port.ts';
import { accountKubeconfig } from '../account.ts';

export const ARGOCD_NAMESPACE = 'argocd';
export const SETTINGS = 'argocd-cm';
/** The health check that users put into Argo CD's settings. */
export const HEALTH_CHECK = path.join(
  repository,
  'config/gitops/argocd/resource_customizations/portlock.dev/PortExposureReport/health.lua',
);
const MODULE = 'github.com/argoproj/argo-cd/v2';
const directory = path.join(import.meta.dirname, 'program');

/** Argo CD's controller and repo server in one program; built where that was not done before. */
export function argocdProgram(signal: AbortSignal): Promise<string> {
  return goProgram({ directory, name: 'argocd', go: '1.24.6' }, signal);
}

/** Starts Argo CD without its API server and user interface; it ends with the cluster. Returns the address of its Redis. */
export async function startArgocd(
  environment: Environment,
  folder: string,
  say: Say,
  signal: AbortSignal,
): Promise<string> {
  const kubectl = kubectlOf(environment);
  const program = await argocdProgram(signal);
  await installRequired([{ package: 'redis-server', provides: 'redis-server' }], say, signal);
  const definitions = path.join(await goModule(directory, MODULE, signal), 'manifests/crds');
  await kubectl.run(['apply', '--server-side', '--kustomize', definitions]);
  const account = { namespace: ARGOCD_NAMESPACE, name: 'argocd-application-controller', folder };
  const kubeconfig = await accountKubeconfig(kubectl, account);
  for (const object of settings()) await kubectl.apply(object);
  await installHealthCheck(environment);
  const redis = await startRedis(folder);
  const repoServer = await startRepoServer(program, folder, redis);
  await start('argocd-application-controller', {
    command: [
      ...[program, 'argocd-application-controller'],
      ...['--redis', redis, '--repo-server', repoServer, '--repo-server-plaintext'],
      ...['--metrics-port', `${await freePort()}`, '--app-resync', '5'],
    ],
    environment: {
      HOME: folder,
      TMPDIR: folder,
      KUBECONFIG: kubeconfig,
      // The address that Applications name for the cluster is then the kubeconfig's.
      ARGOCD_FAKE_IN_CLUSTER: 'true',
    },
  });
  return redis;
}

/** By the command of docs/gitops.md. */
async function installHealthCheck({ kubeconfig, kubectlCommand }: Environment): Promise<void> {
  const page = await readFile(path.join(repository, 'docs/gitops.md'), 'utf8');
  const command = /```sh\n(kubectl create configmap argocd-cm [^`]*)```/.exec(page)?.[1];
  if (command === undefined) throw new Error('docs/gitops.md has no command for the health check');
  const script = `set -e; kubectl() { ${kubectlCommand.join(' ')} "$@"; }; ${command}`;
  await run(['sh', '-c', script], {
    directory: repository,
    environment: { KUBECONFIG: kubeconfig },
  });
}

function settings(): object[] {
  const labels = { 'app.kubernetes.io/part-of': 'argocd' };
  const namespace = ARGOCD_NAMESPACE;
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: SETTINGS, namespace, labels },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-secret', namespace, labels },
      stringData: { 'server.secretkey': 'of no server' },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default', namespace },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ namespace: '*', server: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    },
  ];
}

async function startRedis(folder: string): Promise<string> {
  const port = await freePort();
  const where = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder];
  await start('redis', { command: ['redis-server', ...where, '--save', '', '--appendonly', 'no'] });
  return `127.0.0.1:${port}`;
}

async function startRepoServer(program: string, folder: string, redis: string): Promise<string> {
  const home = path.join(folder, 'repo-server');
  await mkdir(home);
  const port = await freePort();
  await start('argocd-repo-server', {
    command: [
      ...[program, 'argocd-repo-server', '--redis', redis, '--disable-tls'],
      ...['--address', '127.0.0.1', '--port', `${port}`],
      ...['--metrics-address', '127.0.0.1', '--metrics-port', `${await freePort()}`],
    ],
    environment: {
      HOME: home,
      TMPDIR: home,
      ARGOCD_GPG_ENABLED: 'false',
      ARGOCD_ASK_PASS_SOCK: path.join(home, 'ask-pass.sock'),
    },
  });
  return `127.0.0.1:${port}`;
}

async function start(
  name: string,
  how: { command: string[]; environment?: Record<string, string> },
): Promise<void> {
  await startComponent({ name, log: path.join(directories().state, 'log', `${name}.log`), ...how });
}
