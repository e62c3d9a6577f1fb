/**
 * What portlock takes for a folder of 1,000 workloads, beside other programs that read such a folder without a cluster, in turn.
 * Of these, those that PATH has; they look for other things, too, so it is a matter of patience alone.
 *
 *     go install github.com/zegl/kube-score/cmd/kube-score@v1.20.0
 *     npm run bench:front-doors
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installRequired } from '../e2e/cluster/packages.ts';
import { isProvided } from '../e2e/cluster/search-path.ts';
import { folderOfManifests } from './manifests/folder.ts';
import { hundredths, median } from './statistics.ts';

const WORKLOADS = 1_000;
const ROUNDS = 5;
const TIME = '/usr/bin/time';
const portlock = [process.execPath, fileURLToPath(new URL('../dist/portlock.js', import.meta.url))];

const folder = folderOfManifests(WORKLOADS);
const files = readdirSync(folder).map((name) => path.join(folder, name));
const all: Readonly<Record<string, readonly string[]>> = {
  'portlock render': [...portlock, 'render', folder],
  'portlock audit -f': [...portlock, 'audit', '-f', folder],
  'kube-score score': ['kube-score', 'score', ...files],
  'kube-linter lint': ['kube-linter', 'lint', folder],
  'kubescape scan': ['kubescape', 'scan', '--keep-local', folder],
  'roxctl netpol connectivity map': ['roxctl', 'netpol', 'connectivity', 'map', folder],
};

/** Seconds by the clock and of the processors, and megabytes. */
interface Taken {
  seconds: number;
  cpu: number;
  megabytes: number;
}

const said = mkdtempSync(path.join(tmpdir(), 'portlock-time-'));

function run(command: readonly string[]): Taken {
  const file = path.join(said, 'time');
  const from = performance.now();
  spawnSync(TIME, ['-o', file, '-f', '%U %S %M', ...command], { stdio: 'ignore' });
  const seconds = (performance.now() - from) / 1_000;
  // A line before it says how the program ended.
  const [user = 0, system = 0, kilobytes = 0] = (
    readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? ''
  )
    .split(' ')
    .map(Number);
  return { seconds, cpu: user + system, megabytes: kilobytes / 1_000 };
}

await installRequired([{ package: 'time', provides: TIME }], console.error, undefined);
const there = Object.entries(all).filter(([, [program = '']]) => isThere(program));
const runs = new Map<string, Taken[]>();
try {
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, command] of there) runs.set(name, [...(runs.get(name) ?? []), run(command)]);
} finally {
  rmSync(folder, { recursive: true });
  rmSync(said, { recursive: true });
}
const middle = (name: string, of: keyof Taken) =>
  median((runs.get(name) ?? []).map((each) => each[of]));
console.table(
  Object.fromEntries(
    there.map(([name]) => [
      name,
      {
        seconds: hundredths(middle(name, 'seconds')),
        cpu: hundredths(middle(name, 'cpu')),
        megabytes: Math.round(middle(name, 'megabytes')),
        'portlock audit / it': hundredths(middle('portlock audit -f', 'cpu') / middle(name, 'cpu')),
      },
    ]),
  ),
);
const absent = Object.keys(all).filter((name) => !runs.has(name));
if (absent.length > 0) console.log(`Not in PATH: ${absent.join(', ')}`);

function isThere(program: string): boolean {
  return path.isAbsolute(program) || isProvided(program);
}
