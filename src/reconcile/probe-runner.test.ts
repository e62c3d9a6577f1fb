import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decide } from '../domain/decide.ts';
import type { Pod } from '../domain/workload/workload.ts';
import { Prober } from '../probe/prober.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { pod, snapshot, workload } from '../testing/builders.ts';
import { ProbeRunner } from './probe-runner.ts';
import { RoundQueue } from './round-queue.ts';

/** A pod whose address is this machine's own. */
const IP = '127.7.7.7';
const KEY = 'Deployment/shop/web';

let server: Server;
let prober: Prober;
let stop: AbortController;

beforeEach(async () => {
  stop = new AbortController();
  server = createServer((socket) => socket.destroy()).listen(0, IP);
  await new Promise((resolve) => server.once('listening', resolve));
  prober = new Prober({ connectionsPerSecond: 0, maximumInFlight: 256, timeoutMilliseconds: 300 });
});
afterEach(async () => {
  stop.abort();
  await prober.close();
  server.close();
});

/** Plans and runs one round; resolves with how long to wait until the next look, in ms. */
async function probedOnce(podsAt: (ip: string) => readonly Pod[]) {
  const before = snapshot({ workload: workload({ mode: 'audit' }), pods: [holder()] });
  const plan = decide(before);
  const { promise, resolve } = Promise.withResolvers<number>();
  const runner = new ProbeRunner({
    prober,
    rounds: new RoundQueue(),
    vantage: 'probe',
    podsAt,
    timing: before.timing,
    now: Date.now,
    log: createLog('error'),
    metrics: createMetrics(),
    signal: stop.signal,
    readySince: () => 0,
    onProbed: (_key, retryAfter) => resolve(retryAfter),
  });
  runner.run(KEY, plan, before.evidence);
  return { retryAfter: await promise, runner };
}

test('what a round showed is there for the next decision', async () => {
  const { runner, retryAfter } = await probedOnce(() => [holder()]);
  expect(retryAfter).toBe(0);
  const evidence = runner.evidence(KEY);
  expect(evidence?.lastRound?.podCount).toBe(1);
  expect(evidence?.ports.get(8080)?.observed).toBe('Refused');
});

test('case 47: a reading of an address that another pod has got since is thrown away', async () => {
  const { runner } = await probedOnce(() => [holder({ uid: 'uid-of-another' })]);
  const evidence = runner.evidence(KEY);
  expect(evidence?.lastRound?.podCount).toBe(0);
  expect(evidence?.ports.size).toBe(0);
});

test('so is one of an address that two pods have, and of one that nobody has', async () => {
  for (const holders of [[holder(), holder({ uid: 'uid-of-another' })], []]) {
    const { runner } = await probedOnce(() => holders);
    expect(runner.evidence(KEY)?.ports.size).toBe(0);
  }
});

test('nothing is kept of a workload that another replica probes', async () => {
  const { runner } = await probedOnce(() => [holder()]);
  runner.forget(KEY);
  expect(runner.evidence(KEY)).toBeUndefined();
});

function holder(fields: Partial<Pod> = {}): Pod {
  return pod({ ips: [IP], ...fields });
}
