/** The scanners that the prober is compared with, and the prober itself, each as a process of its own. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { directories } from '../../e2e/cluster/directories.ts';
import { DEFAULT_LIMITS } from '../../src/probe/options.ts';
import type { Vantage } from './vantage.ts';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../', import.meta.url));
const RUSTSCAN = '2.4.1';

/** What a scan of all ports found; a scanner that tells open ports only leaves the others out. */
export interface Found {
  open: number[];
  refused?: number;
  filtered?: number;
}

/** As e2e/probe/scan.ts prints it. */
interface PrintedReading {
  ports: [port: number, outcome: string][];
  counts: { refused: number; filtered: number };
}

export interface Scanner {
  name: string;
  scan(vantage: Vantage): Promise<Found>;
}

/** Those that there are on this machine; installs what is missing, and says what it does without. */
export async function scanners(program: string): Promise<Scanner[]> {
  const all = [portlock(program), naive()];
  if (await installNmap()) all.push(nmap());
  const rustscan = await installRustScan();
  if (rustscan) all.push(rustScan(rustscan, 10_000), rustScan(rustscan, 4_500));
  return all;
}

/** Bundles the prober as it is shipped, and a program around it. Returns the program's path. */
export async function bundleProber(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'portlock-bench-'));
  const bundle = await rolldown({
    input: {
      scan: path.join(repository, 'e2e/probe/scan.ts'),
      'probe-worker': path.join(repository, 'src/probe/worker.ts'),
    },
    platform: 'node',
  });
  await bundle.write({ dir: folder, format: 'esm' });
  await bundle.close();
  return path.join(folder, 'scan.js');
}

function portlock(program: string): Scanner {
  const options = { ...DEFAULT_LIMITS, connectionsPerSecond: 0 };
  return {
    name: 'portlock',
    scan: async (vantage) => {
      const jobs = [{ ip: vantage.target, ports: 'all', priority: 'sweep' } as const];
      const words = [process.execPath, program, JSON.stringify({ options, jobs })];
      const { readings } = JSON.parse(await vantage.run(words)) as { readings: PrintedReading[] };
      const { refused = 0, filtered = 0 } = readings[0]?.counts ?? {};
      return { open: (readings[0]?.ports ?? []).map(([port]) => port), refused, filtered };
    },
  };
}

function naive(): Scanner {
  const { maximumInFlight, timeoutMilliseconds } = DEFAULT_LIMITS;
  const script = fileURLToPath(new URL('naive-scan.ts', import.meta.url));
  const limits = [String(maximumInFlight), String(timeoutMilliseconds)];
  return {
    name: `plain Node, ${maximumInFlight} in flight`,
    scan: async (vantage) => {
      const command = [process.execPath, script, vantage.target, ...limits];
      return JSON.parse(await vantage.run(command)) as Found;
    },
  };
}

function nmap(): Scanner {
  const options = ['-sT', '-T5', '--min-rate', '50000', '-n', '-Pn', '-p-', '-oG', '-'];
  return {
    name: 'nmap -sT -T5 --min-rate 50000',
    scan: async (vantage) => {
      const output = await vantage.run(['nmap', ...options, vantage.target]);
      const count = (state: string) =>
        [...output.matchAll(new RegExp(`\\d+/${state}/`, 'g'))].length +
        Number(new RegExp(`Ignored State: ${state} \\((\\d+)\\)`).exec(output)?.[1] ?? 0);
      const open = [...output.matchAll(/(\d+)\/open\//g)].map(([, port]) => Number(port));
      return { open, refused: count('closed'), filtered: count('filtered') };
    },
  };
}

function rustScan(program: string, batch: number): Scanner {
  const options = ['-b', String(batch), '-t', '500', '--tries', '1', '-r', '1-65535', '-g'];
  return {
    name: `RustScan -b ${batch} -t 500`,
    scan: async (vantage) => {
      const command = [
        program,
        '-a',
        vantage.target,
        ...options,
        '--ulimit',
        '20000',
        '--no-banner',
      ];
      const output = await vantage.run(command);
      const open = /\[([\d,]+)\]/.exec(output)?.[1]?.split(',').map(Number) ?? [];
      return { open };
    },
  };
}

async function installNmap(): Promise<boolean> {
  const isThere = () => run('nmap', ['--version']).then(...yesOrNo);
  if (await isThere()) return true;
  console.log('Installing nmap: apt-get install nmap');
  await run('apt-get', ['install', '-y', '-qq', 'nmap']).then(...yesOrNo);
  if (await isThere()) return true;
  console.log('nmap could not be installed: it is left out');
  return false;
}

/** Returns the program's path. */
async function installRustScan(): Promise<string | undefined> {
  const root = path.join(directories().cache, `rustscan-${RUSTSCAN}`);
  const program = path.join(root, 'bin', 'rustscan');
  if (existsSync(program)) return program;
  if (!(await run('cargo', ['--version']).then(...yesOrNo))) {
    console.log('There is no cargo: RustScan is left out');
    return undefined;
  }
  console.log(`Building RustScan ${RUSTSCAN}: takes minutes, once`);
  const options = ['--version', RUSTSCAN, '--locked', '--root', root];
  const isBuilt = await run('cargo', ['install', 'rustscan', ...options]).then(...yesOrNo);
  if (isBuilt) return program;
  console.log('RustScan could not be built: it is left out');
  return undefined;
}

const yesOrNo = [() => true, () => false] as const;
