/**
 * `npm run bench:scale -- [--sizes 1000,10000] [--rounds 3] [--samples 200] [--only portlock]`: portlock
 * beside a controller in Go that does its first rule alone, at the API server alone, without nodes. Both run
 * as processes of this machine and in turn, so that what else it does meets both.
 *
 * - label to policy: from the request that sets the label to the policy's event on a watch
 * - policies/s: labelled Deployments created by 16 clients, until the last policy is there
 * - resident, processor time: of the process, once it is quiet after that
 * - restart: of portlock alone, with everything converged
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { clusterDown, clusterUp } from '../e2e/cluster/cluster.ts';
import { run } from '../e2e/cluster/command.ts';
import { runCommandLine } from '../e2e/cluster/command-line.ts';
import { formatProgress } from '../e2e/cluster/progress.ts';
import { repository } from '../e2e/harness/environment.ts';
import { KubeClient } from '../src/kube/client.ts';
import { loadKubeConfig } from '../src/kube/kubeconfig.ts';
import { type Contestant, contestants, Running } from './scale/contestants.ts';
import { converge, labelOneByOne, NAMESPACES, PolicyWatch, removeAll } from './scale/load.ts';
import { median, quantile } from './statistics.ts';

/** What one round of one contestant measured; milliseconds, seconds and bytes. */
interface Measured extends Partial<Restart> {
  readonly contestant: string;
  readonly size: number;
  readonly policiesPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly lost: number;
  readonly resident: number;
  readonly processorSeconds: number;
  readonly longestBlock: number | undefined;
}

/** What a start on converged workloads measured. */
interface Restart {
  readonly restartReady: number;
  readonly restartProcessor: number;
  readonly restartWrites: number | undefined;
}

const LONGEST_BLOCK = 'nodejs_eventloop_lag_max_seconds';
const say = (line: string) => process.stderr.write(`${line}\n`);

await runCommandLine(async (args, signal) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: '1000,10000' },
      rounds: { type: 'string', default: '3' },
      samples: { type: 'string', default: '200' },
      only: { type: 'string' },
    },
  });
  const measured: Measured[] = [];
  try {
    const onProgress = (progress: Parameters<typeof formatProgress>[0]) =>
      say(formatProgress(progress));
    const cluster = await clusterUp({
      network: 'none',
      nodes: 1,
      families: 'ipv4',
      signal,
      onProgress,
    });
    await run(['npm', 'run', '--silent', 'build'], { directory: repository, signal });
    const { kubeconfig, binaries } = cluster;
    await run(
      [
        ...binaries.kubectl,
        '--kubeconfig',
        kubeconfig,
        'apply',
        '-k',
        path.join(repository, 'crds'),
      ],
      { signal },
    );
    const client = new KubeClient({ kubeConfig: loadKubeConfig({ kubeconfig }) });
    for (const name of ['default', ...NAMESPACES])
      await run([...binaries.kubectl, '--kubeconfig', kubeconfig, 'create', 'namespace', name], {
        signal,
      }).catch(() => {});
    const all = await contestants(kubeconfig, signal);
    const samples = Number(values.samples);
    for (const size of values.sizes.split(',').map(Number))
      for (let round = 0; round < Number(values.rounds); round++)
        for (const contestant of all) {
          if (values.only !== undefined && contestant.name !== values.only) continue;
          const result = await measure({ client, contestant, size, samples, signal });
          say(JSON.stringify(result));
          measured.push(result);
        }
    await client.close();
  } finally {
    await clusterDown();
  }
  print(measured);
  await writeFile(path.join(repository, 'dist/scale.json'), JSON.stringify(measured, null, 2));
});

interface Round {
  readonly client: KubeClient;
  readonly contestant: Contestant;
  readonly size: number;
  /** How many are labelled one by one. */
  readonly samples: number;
  readonly signal: AbortSignal;
}

async function measure(round: Round): Promise<Measured> {
  const { client, contestant, size, samples, signal } = round;
  await removeAll(client);
  const watch = new PolicyWatch(client);
  await watch.begin();
  const running = new Running(contestant, signal);
  try {
    await running.untilReady();
    await running.untilQuiet();
    await running.metric(LONGEST_BLOCK); // Reading it begins it anew.
    const before = running.processorSeconds;
    const seconds = await converge(client, watch, size, signal);
    await running.untilQuiet();
    const processorSeconds = running.processorSeconds - before;
    const longestBlock = await running.metric(LONGEST_BLOCK);
    const times = await labelOneByOne(client, watch, size, samples, signal);
    await running.untilQuiet();
    const { resident } = running;
    await running.stop();
    return {
      contestant: contestant.name,
      size,
      policiesPerSecond: size / seconds,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      max: quantile(times, 1),
      lost: times.filter((each) => !Number.isFinite(each)).length,
      resident,
      processorSeconds,
      longestBlock,
      ...(contestant.name === 'portlock' && (await restart(contestant, signal))),
    };
  } finally {
    await running.stop();
    await watch.end();
  }
}

/** Starts portlock again on what it has done already. */
async function restart(contestant: Contestant, signal: AbortSignal): Promise<Restart> {
  const startedAt = performance.now();
  const running = new Running(contestant, signal);
  try {
    await running.untilReady();
    const restartReady = (performance.now() - startedAt) / 1000;
    await running.untilQuiet();
    // Leases are put; all else is created, patched or deleted.
    const writes = /method="(POST|PATCH|DELETE)"/;
    return {
      restartReady,
      restartProcessor: running.processorSeconds,
      restartWrites: await running.metric('rest_client_requests_total', writes),
    };
  } finally {
    await running.stop();
  }
}

/** Medians of the rounds, and portlock's as a share of the peer's. */
function print(measured: readonly Measured[]): void {
  for (const size of new Set(measured.map((each) => each.size))) {
    const of = (contestant: string, key: keyof Measured) =>
      median(
        measured
          .filter((each) => each.size === size && each.contestant === contestant)
          .map((each) => Number(each[key])),
      );
    const keys = [
      'p50',
      'p99',
      'max',
      'lost',
      'policiesPerSecond',
      'resident',
      'processorSeconds',
      'longestBlock',
      'restartReady',
      'restartProcessor',
      'restartWrites',
    ] as const;
    console.log(`${size} Deployments in ${NAMESPACES.length} namespaces, medians`);
    console.table(
      Object.fromEntries(
        keys.map((key) => {
          const [go, portlock] = [of('go', key), of('portlock', key)];
          const ratio = portlock / go;
          return [key, { go: rounded(go), portlock: rounded(portlock), ratio: rounded(ratio) }];
        }),
      ),
    );
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
