/**
 * What the prober costs, next to scanners that do the same with plain connect(), all from one network
 * namespace against another. Needs root, iproute2 and nftables; installs nmap and builds RustScan where
 * it can. Writes docs/probe-in-flight.svg.
 *
 *     npm run bench:probe -- [ROUNDS]
 */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkNamespaces, SYN } from '../e2e/probe/network-namespaces.ts';
import { WELL_KNOWN_PORTS } from '../src/domain/well-known-ports.ts';
import { DEFAULT_LIMITS } from '../src/probe/options.ts';
import { type Panel, plot } from './probe/plot.ts';
import { bundleProber, type Found, type Scanner, scanners } from './probe/scanners.ts';

const ALL = 65_535;
const LISTENED = [5_000, 8_080, 9_090];
const LOCK = ['tcp dport 8080 accept', `${SYN} drop`];

interface Target {
  name: string;
  rules: string[];
  right: Required<Found>;
}

const OPEN: Target = {
  name: 'open pod',
  rules: [],
  right: { open: LISTENED, refused: ALL - LISTENED.length, filtered: 0 },
};
const LOCKED: Target = {
  name: 'locked pod',
  rules: LOCK,
  right: { open: [8_080], refused: 0, filtered: ALL - 1 },
};
const IN_FLIGHT = [512, 1_024, 2_048, 4_096, 8_192];
const PODS = 200;

const rounds = Number(process.argv[2] ?? 3);
const program = await bundleProber();
const network = await NetworkNamespaces.create();
try {
  await network.listen(...LISTENED);
  const all = await scanners(program);
  for (const target of [OPEN, LOCKED]) await compare(target, all);
  await manyPods();
  await plotInFlight();
  await politely();
} finally {
  await network.remove();
  await rm(path.dirname(program), { recursive: true });
}

/** All scanners in turn, so that what else the machine does meets all of them. */
async function compare(target: Target, all: readonly Scanner[]): Promise<void> {
  await network.filter(target.rules);
  const results = all.map(({ name }) => ({ name, seconds: [] as number[], wrong: 0 }));
  for (let round = 0; round < rounds; round++)
    for (const [index, { scan }] of all.entries()) {
      const startedAt = performance.now();
      const found = await scan(network);
      results[index]?.seconds.push((performance.now() - startedAt) / 1_000);
      const result = results[index];
      if (result) result.wrong = Math.max(result.wrong, wrongPorts(found, target.right));
    }
  const own = median(results[0]?.seconds ?? []);
  console.log(`All ${ALL} ports of an ${target.name}, whole process, ${rounds} rounds alternating`);
  console.table(
    results.map(({ name, seconds, wrong }) => ({
      scanner: name,
      'median s': hundredths(median(seconds)),
      'slowest s': hundredths(Math.max(...seconds)),
      'portlock / it': hundredths(own / median(seconds)),
      'wrong ports at most': wrong,
    })),
  );
}

function wrongPorts(found: Found, right: Required<Found>): number {
  const open = new Set(found.open);
  const missed = right.open.filter((port) => !open.has(port)).length;
  const invented = found.open.filter((port) => !right.open.includes(port)).length;
  const fewer = (kind: 'refused' | 'filtered') =>
    found[kind] === undefined ? 0 : Math.max(0, right[kind] - found[kind]);
  return Math.max(missed + invented, fewer('refused') + fewer('filtered'));
}

/** A round of the operator: declared and well-known ports of 200 locked pods. */
async function manyPods(): Promise<void> {
  const pods = [];
  for (let host = 10; host < 10 + PODS; host++) pods.push(await network.addAddress(host));
  await network.filter(LOCK);
  const ports = [...new Set([...WELL_KNOWN_PORTS, 8_080, 9_191, 9_292, 9_393, 9_494, 9_595])];
  const jobs = pods.map(({ ipv4 }) => ({
    ...{ ip: ipv4, ports, priority: 'check' as const, expected: [8_080] },
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
async function plotInFlight(): Promise<void> {
  const colors = ['#1f77b4', '#d62728'];
  const seconds: Panel = { title: 'seconds', series: [] };
  const cpu: Panel = { title: 'seconds of processor time', series: [] };
  const rows = [];
  for (const [index, target] of [OPEN, LOCKED].entries()) {
    await network.filter(target.rules);
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
        target: target.name,
        'in flight': maximumInFlight,
        seconds: hundredths(time),
        'processor s': hundredths(cpuSeconds),
      });
    }
    const line = { name: target.name, color: colors[index] ?? 'black' };
    const of = (value: 'time' | 'cpuSeconds') =>
      points.map((each) => ({ x: each.x, y: each[value] }));
    seconds.series = [...seconds.series, { ...line, points: of('time') }];
    cpu.series = [...cpu.series, { ...line, points: of('cpuSeconds') }];
  }
  console.table(rows);
  const file = new URL('../docs/probe-in-flight.svg', import.meta.url);
  await writeFile(
    file,
    plot('Sweeps of all ports', [seconds, cpu], 'connections in flight at most'),
  );
}

/** One sweep at the default rate: SYNs of any second, and entries of connection tracking. */
async function politely(): Promise<void> {
  const rate = DEFAULT_LIMITS.connectionsPerSecond;
  await network.filter(LOCK);
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
  let entries = 0;
  while (!isDone) {
    const before = performance.now();
    const syns = await network.synCount();
    samples.push({ before, after: performance.now(), syns });
    if (samples.length % 10 === 0) entries = Math.max(entries, await connectionTrackingEntries());
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
    'entries of connection tracking at most': entries,
    '120 x rate': 120 * rate,
    open: readings[0]?.counts.open,
    filtered: readings[0]?.counts.filtered,
  });
}

async function connectionTrackingEntries(): Promise<number> {
  const file = '/proc/sys/net/netfilter/nf_conntrack_count';
  return Number(await network.run(network.client, ['cat', file]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
