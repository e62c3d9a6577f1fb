/**
 * What `render` and `audit -f` cost on 10,000 workloads with a Service each in 1,000 files, as the built program runs them,
 * and what the program takes to say its version and its help. The goals: 3 s, 500 MB, and 120 ms.
 *
 *     npm run bench:manifests
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { folderOfManifests } from './manifests/folder.ts';
import { hundredths, median } from './statistics.ts';

const WORKLOADS = 10_000;
const RUNS = 5;
const program = fileURLToPath(new URL('../dist/portlock.js', import.meta.url));

/** What the process itself says that it used, on a descriptor of its own. */
const REPORT = `data:text/javascript,import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));`;

function measured(...args: string[]) {
  const runs = Array.from({ length: RUNS }, () => {
    const from = performance.now();
    const { output } = spawnSync(process.execPath, ['--import', REPORT, program, ...args], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(output[3] ?? '');
    const seconds = (performance.now() - from) / 1_000;
    return { seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1_000 };
  });
  const middle = (of: keyof (typeof runs)[number]) =>
    hundredths(median(runs.map((run) => run[of])));
  return { seconds: middle('seconds'), cpu: middle('cpu'), megabytes: middle('megabytes') };
}

const folder = folderOfManifests(WORKLOADS);
try {
  console.table({
    render: measured('render', folder),
    'audit -f': measured('audit', '-f', folder),
    '--version': measured('--version'),
    '--help': measured('--help'),
  });
} finally {
  rmSync(folder, { recursive: true });
}
