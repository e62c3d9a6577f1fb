import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { directories } from '../../e2e/cluster/directories.ts';
import { goModule, goProgram } from '../../e2e/cluster/go-program.ts';
import { rangesOf } from '../../e2e/cluster/topology.ts';
import { accountKubeconfig } from '../../e2e/gitops/account.ts';
import { freePort } from '../../e2e/harness/free-port.ts';
import type { Resource } from '../../src/kube/resource.ts';
import type { Arena } from '../scale/arena.ts';
import type { Contestant, Program } from '../scale/contestants.ts';
import { removeAll } from '../scale/load.ts';
import { readRule } from './rule.ts';
import { Workload } from './workload.ts';

const MODULE = 'github.com/kyverno/kyverno';
const NAMESPACE = 'kyverno';
const ADMISSION = 'kyverno-admission-controller';
const BACKGROUND = 'kyverno-background-controller';
const SERVICE = 'kyverno-svc';
const directory = path.join(import.meta.dirname, 'program');
const EPHEMERAL_REPORTS: Resource = {
  group: 'reports.kyverno.io',
  version: 'v1',
  plural: 'ephemeralreports',
  namespaced: true,
};
const WEBHOOKS = 'validatingwebhookconfigurations,mutatingwebhookconfigurations';
/** As Kyverno's chart sets it, but for a server that would have the same port for both. */
const COMMON = ['--omitEvents=PolicyApplied,PolicySkipped', '--controllerRuntimeMetricsAddress=0'];

/** Kyverno's two programs, built where that was not done before. */
async function build(signal: AbortSignal): Promise<{ admission: string; background: string }> {
  const program = (name: string) =>
    goProgram({ directory, name, go: '1.26.6', package: `${MODULE}/cmd/${name}` }, signal);
  return {
    background: await program('background-controller'),
    admission: await program('kyverno'),
  };
}

/**
 * Kyverno's admission controller, which sees the label, and its background controller, which makes the policy: one replica
 * of each, with the chart's settings and all rights. The controllers of reports and of cleanups don't run.
 */
export async function kyverno(arena: Arena, signal: AbortSignal): Promise<Contestant> {
  const { admission, background } = await build(signal);
  await install(arena, signal);
  const { machine } = rangesOf('ipv4')[0] ?? { machine: '' };
  const port = await freePort();
  return {
    name: 'kyverno',
    programs: [
      await program(arena, BACKGROUND, [background]),
      await program(arena, ADMISSION, [
        admission,
        // The API server is in a network of its own, and reaches this machine by that address.
        `--serverIP=${machine}:${port}`,
        `--webhookServerPort=${port}`,
        `--caSecretName=${SERVICE}.${NAMESPACE}.svc.kyverno-tls-ca`,
        `--tlsSecretName=${SERVICE}.${NAMESPACE}.svc.kyverno-tls-pair`,
        `--backgroundServiceAccountName=system:serviceaccount:${NAMESPACE}:${BACKGROUND}`,
      ]),
    ],
    isReady: () => isReady(arena),
    leave: () => leave(arena),
  };
}

async function program(
  { kubectl }: Arena,
  name: string,
  words: readonly string[],
): Promise<Program> {
  const folder = path.join(directories().state, name);
  await mkdir(folder, { recursive: true });
  const kubeconfig = await accountKubeconfig(kubectl, { namespace: NAMESPACE, name, folder });
  return {
    words: [...words, `--kubeconfig=${kubeconfig}`, `--metricsPort=${await freePort()}`, ...COMMON],
    environment: {
      KYVERNO_NAMESPACE: NAMESPACE,
      KYVERNO_SERVICEACCOUNT_NAME: name,
      KYVERNO_DEPLOYMENT: name,
      KYVERNO_POD_NAME: name,
      KYVERNO_SVC: SERVICE,
      INIT_CONFIG: 'kyverno',
      METRICS_CONFIG: 'kyverno-metrics',
      HOME: folder,
      TMPDIR: folder,
    },
    log: path.join(directories().state, 'log', `${name}.log`),
  };
}

/** Its definitions, what it reads of its configuration, and the rule. */
async function install({ kubectl }: Arena, signal: AbortSignal): Promise<void> {
  const definitions = path.join(await goModule(directory, MODULE, signal), 'config/crds');
  await kubectl.run(['apply', '--server-side', '--recursive', '--filename', definitions]);
  await kubectl.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const settings = {
    kyverno: { excludeGroups: 'system:nodes', generateSuccessEvents: 'false' },
    'kyverno-metrics': {},
  };
  for (const [name, data] of Object.entries(settings))
    await kubectl.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: NAMESPACE },
      data,
    });
  await kubectl.run(['wait', '--for=condition=Established', 'crd', '--all']);
  await kubectl.apply(readRule());
}

/** Its webhooks are there some time after it has begun to listen: a Deployment of our own shows when. */
async function isReady({ client }: Arena): Promise<boolean> {
  const canary = await Workload.create(client, { mode: 'enforce' });
  await sleep(1_000);
  const policy = await canary.policy();
  await canary.delete();
  await canary.until((left) => left === undefined);
  return policy !== undefined;
}

async function leave({ kubectl, client }: Arena): Promise<void> {
  const ours = ['--selector', 'webhook.kyverno.io/managed-by=kyverno'];
  await kubectl.run(['delete', WEBHOOKS, ...ours]);
  await kubectl.run(['delete', 'updaterequests.kyverno.io', '--all', '--namespace', NAMESPACE]);
  await removeAll(client, [EPHEMERAL_REPORTS]);
}
