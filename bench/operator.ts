/**
 * `npm run bench:operator`: what the operator costs and how fast it is, on the throwaway cluster with
 * the operator as installed. Prints one table; needs what the end-to-end tests need.
 *
 * - label to policy: from the request that sets the label to the policy's event on a watch; without a pod, and with
 *   one that is ready and is asked first on which ports it listens
 * - deletion to policy: from the request that deletes the policy to the event of the new one
 * - sweep: all 65,535 ports of one pod, from a replica's pod at an unlimited rate, by its own log
 * - memory at rest: resident memory of the leader, as its kernel counts it, after a minute without probes
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterDown } from '../e2e/cluster/cluster.ts';
import { runCommandLine } from '../e2e/cluster/command-line.ts';
import { application } from '../e2e/harness/application.ts';
import { deployment, Namespace } from '../e2e/harness/deployment.ts';
import { kubectlOf, startEnvironment } from '../e2e/harness/environment.ts';
import { eventually } from '../e2e/harness/eventually.ts';
import { installOperator, leaderPod, OPERATOR_NAMESPACE } from '../e2e/harness/installation.ts';
import type { Kubectl } from '../e2e/harness/kubectl.ts';
import { Sample } from '../e2e/harness/sample.ts';
import { MODE_LABEL } from '../src/api/names.ts';
import { KubeClient } from '../src/kube/client.ts';
import { loadKubeConfig } from '../src/kube/kubeconfig.ts';
import { DEPLOYMENTS, NETWORK_POLICIES } from '../src/kube/resources.ts';
import type { TransportRequest } from '../src/kube/transport.ts';
import { quantile } from './statistics.ts';

const SAMPLES = 100;
/** With a pod that is ready, which is asked before the first policy. The goal: at most 3 s each. */
const READY_SAMPLES = 20;
const REST_SECONDS = 90;

/** Milliseconds, ascending. */
interface Latencies {
  labelled: number[];
  ready: number[];
  reverted: number[];
}

await runCommandLine(async (_args, signal) => {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const environment = await startEnvironment(
      { network: 'cilium', nodes: 2, families: 'ipv4', signal },
      say,
    );
    const kubectl = kubectlOf(environment);
    await installOperator(kubectl);
    const times = await latencies(kubectl, environment.kubeconfig, signal);
    const sweeps = await sweepSeconds(kubectl);
    say(`Waiting ${REST_SECONDS} s for the operator to come to rest`);
    await sleep(REST_SECONDS * 1000, undefined, { signal });
    const memory = await residentMemory(kubectl);
    const milliseconds = (each: readonly number[], share: number) =>
      `${quantile(each, share).toFixed(1)} ms`;
    const row = (what: string, value: string) => process.stdout.write(`| ${what} | ${value} |\n`);
    for (const [what, each] of [
      ['label to policy', times.labelled],
      ['label to the first policy of a ready pod', times.ready],
      ['deletion to policy', times.reverted],
    ] as const) {
      row(`${what}, p50 of ${each.length}`, milliseconds(each, 0.5));
      row(`${what}, p99`, milliseconds(each, 0.99));
    }
    for (const [what, seconds] of Object.entries(sweeps)) row(what, `${seconds.toFixed(1)} s`);
    row('resident memory at rest, leader', `${(memory / 1024 / 1024).toFixed(0)} MiB`);
  } finally {
    await clusterDown();
  }
});

async function latencies(
  kubectl: Kubectl,
  kubeconfig: string,
  signal: AbortSignal,
): Promise<Latencies> {
  const namespace = await Namespace.create(kubectl, 'portlock-bench');
  const names = Array.from({ length: SAMPLES }, (_, index) => `app-${index}`);
  const running = Array.from({ length: READY_SAMPLES }, (_, index) => `running-${index}`);
  const listening = { listens: [8080, 9090], declares: [{ containerPort: 8080 }] };
  const items = [
    ...names.map((name) => deployment(name)),
    ...running.map((name) => application(name, listening)),
  ];
  await namespace.apply({ apiVersion: 'v1', kind: 'List', items });
  const available = ['--for=condition=Available', '--timeout=300s'];
  await namespace.run('wait', ...running.map((name) => `deployment/${name}`), ...available);
  const client = new KubeClient({ kubeConfig: loadKubeConfig({ kubeconfig }) });
  const seen = new Map<string, number>();
  const stop = new AbortController();
  const ends = AbortSignal.any([signal, stop.signal]);
  const watching = watchPolicies(client, namespace.name, seen, ends);
  const label = (name: string) =>
    client.request({
      method: 'PATCH',
      resource: DEPLOYMENTS,
      contentType: 'application/merge-patch+json',
      signal,
      path: `/apis/apps/v1/namespaces/${namespace.name}/${DEPLOYMENTS.plural}/${name}`,
      body: { metadata: { labels: { [MODE_LABEL]: 'enforce' } } },
    } satisfies TransportRequest);
  const remove = (name: string) => {
    const policy = { namespace: namespace.name, name: `${name}-portlock` };
    return client.delete(NETWORK_POLICIES, policy, { signal });
  };
  const labelled = await untilPolicies(names, seen, label);
  const ready = await untilPolicies(running, seen, label);
  const reverted = await untilPolicies(names, seen, remove);
  stop.abort();
  await watching;
  await client.close();
  return { labelled, ready, reverted };
}

/** Milliseconds from each request to its policy, one after the other, ascending. */
async function untilPolicies(
  names: readonly string[],
  seen: Map<string, number>,
  request: (name: string) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  for (const name of names) times.push(await untilPolicy(name, seen, () => request(name)));
  return times.sort((a, b) => a - b);
}

/** Milliseconds from the beginning of the request to the appearance of the policy. */
async function untilPolicy(
  name: string,
  seen: Map<string, number>,
  request: () => Promise<unknown>,
): Promise<number> {
  const policy = `${name}-portlock`;
  seen.delete(policy);
  const startedAt = performance.now();
  await request();
  await eventually(
    policy,
    async () => seen.get(policy),
    (at) => at !== undefined,
  );
  return (seen.get(policy) ?? Number.NaN) - startedAt;
}

/** Seconds of one sweep of an open pod and of a locked one. */
async function sweepSeconds(kubectl: Kubectl): Promise<Record<string, number>> {
  const sample = await Sample.create(kubectl, 'portlock-bench-sweep');
  const sweep = async (mode: string, filtered: boolean) => {
    await sample.label(mode);
    const read = async () => {
      const log = await kubectl.run([
        'logs',
        '--selector',
        'app.kubernetes.io/component=operator',
        '--tail',
        '-1',
        '--namespace',
        OPERATOR_NAMESPACE,
      ]);
      const lines = log
        .split('\n')
        .filter((line) => line.includes('Swept a pod') && line.includes(sample.namespace));
      return lines
        .map((line) => JSON.parse(line))
        .find((each) => each.filtered > 60_000 === filtered);
    };
    return (await eventually(`a sweep in mode ${mode}`, read, (line) => line !== undefined))
      .seconds;
  };
  return {
    'sweep of an open pod': await sweep('audit', false),
    'sweep of a locked pod': await sweep('enforce', true),
  };
}

async function watchPolicies(
  client: KubeClient,
  namespace: string,
  seen: Map<string, number>,
  signal: AbortSignal,
): Promise<void> {
  let resourceVersion = '';
  for await (const page of client.list(NETWORK_POLICIES, { namespace, signal }))
    resourceVersion = page.resourceVersion;
  try {
    const events = client.watch(NETWORK_POLICIES, {
      namespace,
      resourceVersion,
      timeoutSeconds: 600,
      signal,
    });
    for await (const { type, object } of events) {
      if (type === 'ADDED') seen.set(object.metadata.name, performance.now());
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Of the leader, in bytes. */
async function residentMemory(kubectl: Kubectl): Promise<number> {
  const leader = await leaderPod(kubectl);
  const script = "console.log(fs.readFileSync('/proc/1/status', 'utf8'))";
  const words = ['exec', leader, '--namespace', OPERATOR_NAMESPACE, '--', '/nodejs/bin/node'];
  const text = await kubectl.run([...words, '--eval', script]);
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1]) * 1024;
}
