/**
 * `npm run bench:operator`: what the operator costs and how fast it is, on the throwaway cluster with
 * the operator as installed. Prints one table; needs what the end-to-end tests need.
 *
 * - label to policy: from the request that sets the label to the policy's event on a watch
 * - memory at rest: resident memory of the leader, by its own metrics, after a minute without probes
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterDown } from '../e2e/cluster/cluster.ts';
import { runCommandLine } from '../e2e/cluster/command-line.ts';
import { deployment, Namespace } from '../e2e/harness/deployment.ts';
import { kubectlOf, startEnvironment } from '../e2e/harness/environment.ts';
import { eventually } from '../e2e/harness/eventually.ts';
import { installOperator, leaderPod, OPERATOR_NAMESPACE } from '../e2e/harness/installation.ts';
import type { Kubectl } from '../e2e/harness/kubectl.ts';
import { MODE_LABEL } from '../src/api/names.ts';
import { KubeClient } from '../src/kube/client.ts';
import { loadKubeConfig } from '../src/kube/kubeconfig.ts';
import { DEPLOYMENTS, NETWORK_POLICIES } from '../src/kube/resources.ts';

const SAMPLES = 100;
const REST_SECONDS = 90;

await runCommandLine(async (_args, signal) => {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const environment = await startEnvironment({ network: 'cilium', nodes: 2, signal }, say);
    const kubectl = kubectlOf(environment);
    await installOperator(kubectl);
    const latencies = await labelToPolicy(kubectl, environment.kubeconfig, signal);
    say(`Waiting ${REST_SECONDS} s for the operator to come to rest`);
    await sleep(REST_SECONDS * 1000, undefined, { signal });
    const memory = await residentMemory(kubectl);
    const milliseconds = (share: number) => `${quantile(latencies, share).toFixed(1)} ms`;
    const row = (what: string, value: string) => process.stdout.write(`| ${what} | ${value} |\n`);
    row(`label to policy, p50 of ${latencies.length}`, milliseconds(0.5));
    row('label to policy, p90', milliseconds(0.9));
    row('label to policy, p99', milliseconds(0.99));
    row('resident memory at rest, leader', `${(memory / 1024 / 1024).toFixed(0)} MiB`);
  } finally {
    await clusterDown();
  }
});

async function labelToPolicy(
  kubectl: Kubectl,
  kubeconfig: string,
  signal: AbortSignal,
): Promise<number[]> {
  const namespace = await Namespace.create(kubectl, 'portlock-bench');
  const names = Array.from({ length: SAMPLES }, (_, index) => `app-${index}`);
  await namespace.apply({
    apiVersion: 'v1',
    kind: 'List',
    items: names.map((name) => deployment(name)),
  });
  const client = new KubeClient({ kubeConfig: loadKubeConfig({ kubeconfig }) });
  const seen = new Map<string, number>();
  const stop = new AbortController();
  const watching = watchPolicies(
    client,
    namespace.name,
    seen,
    AbortSignal.any([signal, stop.signal]),
  );
  const latencies: number[] = [];
  for (const name of names) {
    const startedAt = performance.now();
    await client.request({
      ...{ method: 'PATCH', contentType: 'application/merge-patch+json', signal },
      path: `/apis/apps/v1/namespaces/${namespace.name}/${DEPLOYMENTS.plural}/${name}`,
      body: { metadata: { labels: { [MODE_LABEL]: 'enforce' } } },
    });
    const policy = `${name}-portlock`;
    await eventually(
      policy,
      async () => seen.get(policy),
      (at) => at !== undefined,
      30,
    );
    latencies.push((seen.get(policy) ?? Number.NaN) - startedAt);
  }
  stop.abort();
  await watching;
  await client.close();
  return latencies.sort((a, b) => a - b);
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

/** Of the leader, in bytes, as its own metrics say through the API server's proxy. */
async function residentMemory(kubectl: Kubectl): Promise<number> {
  const leader = await leaderPod(kubectl);
  const metrics = await kubectl.run([
    'get',
    '--raw',
    `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods/${leader}:8080/proxy/metrics`,
  ]);
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
