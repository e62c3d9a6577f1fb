/**
 * One prober and its jobs, at once; then one line of JSON. Run inside a network namespace, where the test
 * itself cannot be:
 *
 *     ip netns exec NAME node scan.ts '{"options": {ProberOptions}, "jobs": [ProbeJob, ...]}'
 */
import { openSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProbeJob } from '../../src/probe/job.ts';
import { Prober, type ProberOptions } from '../../src/probe/prober.ts';

export interface Scan {
  options: ProberOptions;
  jobs: ProbeJob[];
  /** Opens so many files first, as a program with other things to do would have; `all` there are. */
  heldFileDescriptors?: number | 'all';
}

const scan = JSON.parse(process.argv[2] ?? '') as Scan;
const signal = AbortSignal.timeout(400_000);
const prober = new Prober(scan.options);
if (scan.heldFileDescriptors !== undefined) {
  // Starts the worker, which needs files of its own.
  await prober.probe({ ip: '127.0.0.1', ports: [1], priority: 'check' }, signal);
  holdFileDescriptors(scan.heldFileDescriptors);
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const startedAt = performance.now();
const usage = process.cpuUsage();
const readings = await Promise.all(scan.jobs.map((job) => prober.probe(job, signal)));
const milliseconds = performance.now() - startedAt;
const { user, system } = process.cpuUsage(usage);
delay.disable();
await prober.close();
console.log(
  JSON.stringify({
    milliseconds,
    longestDelayMilliseconds: delay.max / 1e6,
    cpuSeconds: (user + system) / 1e6,
    peakMebibytes: process.resourceUsage().maxRSS / 1_024,
    readings: readings.map((reading) => ({ ...reading, ports: [...reading.ports] })),
  }),
);

function holdFileDescriptors(count: number | 'all'): void {
  try {
    for (let i = 0; count === 'all' || i < count; i++) openSync('/dev/null', 'r');
  } catch (error) {
    if (count !== 'all') throw error;
  }
}
