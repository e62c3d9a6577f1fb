/**
 * How long a sweep of all 65,535 ports takes, next to a plain connect scan in Node, both from one
 * network namespace against another. Needs root, iproute2 and nftables.
 *
 *     npm run bench:probe -- [RUNS]
 */
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { NetworkNamespaces, SYN } from '../e2e/probe/network-namespaces.ts';
import { DEFAULT_LIMITS } from '../src/probe/options.ts';

const LISTENED = [5_000, 8_080, 9_090];
const TARGETS = [
  { name: 'open pod', rules: [], open: 3, refused: 65_532, filtered: 0 },
  {
    name: 'locked pod',
    rules: ['tcp dport 8080 accept', `${SYN} drop`],
    ...{ open: 1, refused: 0, filtered: 65_534 },
  },
];

interface Run {
  milliseconds: number;
  peakMebibytes: number;
  /** How long the sweep held up the event loop of the program around it, at worst. */
  longestDelayMilliseconds?: number;
  counts: Record<'open' | 'refused' | 'filtered', number>;
}

/** What somebody writes first: as many at a time, a timer for each socket. Prints a Run. */
function naiveScan(ip: string, inFlight: number, timeout: number): void {
  const counts = { open: 0, refused: 0, filtered: 0 };
  const startedAt = performance.now();
  let next = 1;
  let done = 0;
  const fill = () => {
    while (next <= 65_535 && next - 1 - done < inFlight) {
      const socket = connect({ host: ip, port: next++ });
      let ended = false;
      const end = (outcome: keyof typeof counts) => {
        if (ended) return;
        ended = true;
        counts[outcome]++;
        socket.destroy();
        if (++done < 65_535) return fill();
        const milliseconds = performance.now() - startedAt;
        const peakMebibytes = process.resourceUsage().maxRSS / 1_024;
        console.log(JSON.stringify({ milliseconds, peakMebibytes, counts } satisfies Run));
      };
      socket.setTimeout(timeout, () => end('filtered'));
      socket.on('connect', () => end('open')).on('error', () => end('refused'));
    }
  };
  fill();
}

async function compare(runs: number): Promise<void> {
  const { maximumInFlight, timeoutMilliseconds } = DEFAULT_LIMITS;
  const options = { connectionsPerSecond: 0, maximumInFlight, timeoutMilliseconds };
  const self = fileURLToPath(import.meta.url);
  const network = await NetworkNamespaces.create();
  const scanners: Record<string, () => Promise<Run>> = {
    'plain Node': async () => {
      const limits = [String(maximumInFlight), String(timeoutMilliseconds)];
      const command = [process.execPath, self, '--naive', network.ipv4, ...limits];
      return JSON.parse(await network.run(network.client, command)) as Run;
    },
    portlock: async () => {
      const jobs = [{ ip: network.ipv4, ports: 'all', priority: 'sweep' } as const];
      const result = await network.scan({ options, jobs });
      const counts = result.readings[0]?.counts ?? { open: 0, refused: 0, filtered: 0 };
      return { ...result, counts };
    },
  };
  try {
    await network.listen(...LISTENED);
    console.log(
      `65,535 ports, ${maximumInFlight} in flight, ${timeoutMilliseconds} ms, ${runs} runs each, alternating`,
    );
    for (const target of TARGETS) {
      await network.filter(target.rules);
      const results: Record<string, Run[]> = {};
      for (let run = 0; run < runs; run++)
        for (const [name, scan] of Object.entries(scanners)) {
          results[name] ??= [];
          results[name].push(await scan());
        }
      const naive = median(results['plain Node'] ?? []);
      console.table(
        Object.entries(results).map(([scanner, all]) => ({
          target: target.name,
          scanner,
          'median s': hundredths(median(all) / 1_000),
          'slowest s': hundredths(Math.max(...all.map((run) => run.milliseconds)) / 1_000),
          'ratio to plain': hundredths(median(all) / naive),
          'peak MiB': Math.round(Math.max(...all.map((run) => run.peakMebibytes))),
          'longest delay ms': longestDelay(all),
          'wrong ports': Math.max(...all.map((run) => wrongPorts(run, target))),
        })),
      );
    }
  } finally {
    await network.remove();
  }
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

function median(runs: readonly Run[]): number {
  const sorted = runs.map((run) => run.milliseconds).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Of the program around the sweep; the plain scan has nothing around it. */
function longestDelay(runs: readonly Run[]): number | string {
  const delays = runs.flatMap((run) => run.longestDelayMilliseconds ?? []);
  return delays.length > 0 ? Math.round(Math.max(...delays)) : '-';
}

function wrongPorts({ counts }: Run, right: Run['counts']): number {
  const kinds = ['open', 'refused', 'filtered'] as const;
  return kinds.reduce((sum, kind) => sum + Math.max(0, right[kind] - counts[kind]), 0);
}

const [mode, ip, inFlight, timeout] = process.argv.slice(2);
if (mode === '--naive') naiveScan(ip ?? '', Number(inFlight), Number(timeout));
else await compare(Number(mode ?? 5));
