/**
 * What the prober costs, next to scanners that do the same with plain connect(): from a pod of the
 * throwaway cluster, with Cilium in between, and from a network namespace, with nftables. Needs what the
 * end-to-end tests need; installs nmap and builds RustScan where it can. Writes dist/probe-in-flight.svg; that in docs/
 * is copied from there where it is to change.
 *
 *     npm run bench:probe -- [ROUNDS] [cluster|namespaces]
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterDown } from '../e2e/cluster/cluster.ts';
import { runCommandLine } from '../e2e/cluster/command-line.ts';
import { kubectlOf, startEnvironment } from '../e2e/harness/environment.ts';
import { NetworkNamespaces } from '../e2e/probe/network-namespaces.ts';
import { WELL_KNOWN_PORTS } from '../src/domain/probing/well-known-ports.ts';
import { DEFAULT_LIMITS } from '../src/probe/options.ts';
import { compare } from './probe/compare.ts';
import { type Panel, plot } from './probe/plot.ts';
import { bundleProber, type Scanner, scanners } from './probe/scanners.ts';
import { LISTENED, namespaceVantage, podVantage, type Vantage } from './probe/vantage.ts';
import { hundredths, median } from './statistics.ts';

const ALL = 65_535;
const IN_FLIGHT = [512, 1_024, 2_048, 4_096, 8_192];
const PODS = 200;
/** An entry lives for 120 s, and the kernel counts it up to a minute longer. */
const READ_ENTRIES_AFTER_MILLISECONDS = 185_000;

await runCommandLine(async ([rounds = '3', where], signal) => {
  const program = await bundleProber();
  try {
    const all = await scanners(program);
    if (where !== 'namespaces') await onCluster(all, Number(rounds), signal);
    if (where !== 'cluster') await inNamespaces(all, Number(rounds), program);
  } finally {
    await rm(path.dirname(program), { recursive: true });
  }
});

async function onCluster(
  all: readonly Scanner[],
  rounds: number,
  signal: AbortSignal,
): Promise<void> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const environment = await startEnvironment(
      { network: 'cilium', nodes: 2, families: 'ipv4', signal },
      say,
    );
    const vantage = await podVantage(kubectlOf(environment), 'portlock-bench-probe');
    await compare('behind Cilium', vantage, all, rounds);
  } finally {
    await clusterDown();
  }
}

async function inNamespaces(
  all: readonly Scanner[],
  rounds: number,
  program: string,
): Promise<void> {
  const network = await NetworkNamespaces.create();
  try {
    await network.listen(...LISTENED);
    const vantage = namespaceVantage(network);
    await compare('behind nftables', vantage, all, rounds);
    await manyPods(network, rounds, program);
    await plotInFlight(network, vantage, rounds, program);
    await politely(network, vantage, program);
  } finally {
    await network.remove();
  }
}

/** A round of the operator: declared and well-known ports of 200 locked pods. */
async function manyPods(
  network: NetworkNamespaces,
  rounds: number,
  program: string,
): Promise<void> {
  const pods = [];
  for (let host = 10; host < 10 + PODS; host++) pods.push(await network.addAddress(host));
  await namespaceVantage(network).lock();
  const ports = [...new Set([...WELL_KNOWN_PORTS, 8_080, 9_191, 9_292, 9_393, 9_494, 9_595])];
  const jobs = pods.map(({ ipv4 }) => ({
    ip: ipv4,
    ports,
    priority: 'check' as const,
    expected: [8_080],
  }));
  const options = { ...DEFAULT_LIMITS, connectionsPerSecond: 0 };
  const rows = [];
  for (let round = 0; round < rounds; round++) {
    const result = await network.scan({ options, jobs }, { program });
    const wrong = result.readings.flatMap((reading) =>
      [...reading.ports].filter(
        ([port, outcome]) => outcome !== (port === 8_080 ? 'open' : 'filtered'),
      ),
    );
    rows.push({
      seconds: hundredths(result.milliseconds / 1_000),
      cores: hundredths(result.cpuSeconds / (result.milliseconds / 1_000)),
      'peak MB': Math.round(result.peakMebibytes * 1.048576),
      'longest delay of the caller ms': Math.round(result.longestDelayMilliseconds),
      'wrong ports': wrong.length,
    });
  }
  console.log(`${ports.length} ports of each of ${PODS} locked pods, at once`);
  console.table(rows);
}

/** What more connections in flight bring, in time and in processor time. */
async function plotInFlight(
  network: NetworkNamespaces,
  vantage: Vantage,
  rounds: number,
  program: string,
): Promise<void> {
  const colors = ['#1f77b4', '#d62728'];
  const seconds: Panel = { title: 'seconds', series: [] };
  const cpu: Panel = { title: 'seconds of processor time', series: [] };
  const rows = [];
  for (const [index, target] of ['open pod', 'locked pod'].entries()) {
    await (index === 0 ? vantage.unlock() : vantage.lock());
    const points: { x: number; time: number; cpuSeconds: number }[] = [];
    for (const maximumInFlight of IN_FLIGHT) {
      const runs = [];
      for (let round = 0; round < rounds; round++) {
        const options = { ...DEFAULT_LIMITS, connectionsPerSecond: 0, maximumInFlight };
        const jobs = [{ ip: network.ipv4, ports: 'all', priority: 'sweep' } as const];
        runs.push(await network.scan({ options, jobs }, { program }));
      }
      const time = median(runs.map(({ milliseconds }) => milliseconds / 1_000));
      const cpuSeconds = median(runs.map((each) => each.cpuSeconds));
      points.push({ x: maximumInFlight, time, cpuSeconds });
      rows.push({
        target,
        'in flight': maximumInFlight,
        seconds: hundredths(time),
        'processor s': hundredths(cpuSeconds),
      });
    }
    const line = { name: target, color: colors[index] ?? 'black' };
    const of = (value: 'time' | 'cpuSeconds') =>
      points.map((each) => ({ x: each.x, y: each[value] }));
    seconds.series = [...seconds.series, { ...line, points: of('time') }];
    cpu.series = [...cpu.series, { ...line, points: of('cpuSeconds') }];
  }
  console.table(rows);
  const file = new URL('../dist/probe-in-flight.svg', import.meta.url);
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(
    file,
    plot('Sweeps of all ports', [seconds, cpu], 'connections in flight at most'),
  );
}

/** One sweep at the default rate: SYNs of any second, and entries of connection tracking. */
async function politely(
  network: NetworkNamespaces,
  vantage: Vantage,
  program: string,
): Promise<void> {
  const rate = DEFAULT_LIMITS.connectionsPerSecond;
  await vantage.lock();
  await network.run(network.client, ['nft', 'add table inet track']);
  await network.run(network.client, [
    'nft',
    'add chain inet track out { type filter hook output priority 0; ct state new counter; }',
  ]);
  const jobs = [{ ip: network.ipv4, ports: 'all', priority: 'sweep' } as const];
  let isDone = false;
  const scanning = network.scan({ options: DEFAULT_LIMITS, jobs }, { program }).finally(() => {
    isDone = true;
  });
  const samples: { before: number; after: number; syns: number }[] = [];
  const startedAt = performance.now();
  let counted = 0;
  let live = 0;
  while (!isDone) {
    const before = performance.now();
    const syns = await network.synCount();
    samples.push({ before, after: performance.now(), syns });
    const isEarly = performance.now() - startedAt < READ_ENTRIES_AFTER_MILLISECONDS;
    if (samples.length % 10 === 0 && isEarly) counted = Math.max(counted, await entries(network));
    if (samples.length % 50 === 0 && !isEarly) live = Math.max(live, await liveEntries(network));
    await sleep(50);
  }
  const { milliseconds, readings } = await scanning;
  let busiest = 0;
  for (const [index, first] of samples.entries())
    for (let i = index + 1; i < samples.length; i++) {
      const last = samples[i];
      if (last === undefined || last.after - first.before > 1_000) break;
      busiest = Math.max(busiest, last.syns - first.syns);
    }
  console.log(`All ${ALL} ports of a locked pod at ${rate} connections per second`);
  console.table({
    seconds: Math.round(milliseconds / 1_000),
    'most SYNs in one second': busiest,
    'entries of connection tracking at most': live,
    'and with expired ones that the kernel has not collected yet': counted,
    '120 x rate': 120 * rate,
    open: readings[0]?.counts.open,
    filtered: readings[0]?.counts.filtered,
  });
}

async function entries(network: NetworkNamespaces): Promise<number> {
  const file = '/proc/sys/net/netfilter/nf_conntrack_count';
  return Number(await network.run(network.client, ['cat', file]));
}

/** Those that have not expired; to list them makes the kernel collect the others. */
async function liveEntries(network: NetworkNamespaces): Promise<number> {
  const count = ['sh', '-c', 'wc -l < /proc/net/nf_conntrack'];
  return Number(await network.run(network.client, count));
}
