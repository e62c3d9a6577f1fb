import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Worker } from 'node:worker_threads';
import { test as base, describe, expect } from 'vitest';
import { Prober, type ProberOptions } from './prober.ts';

const never = new AbortController().signal;
const check = { ip: '127.9.9.9', ports: [1, 2, 3], priority: 'check' } as const;
/** Takes 20 s. */
const slow = { connectionsPerSecond: 1, maximumInFlight: 1, timeoutMilliseconds: 300 };
const slowJob = { ...check, ports: Array.from({ length: 20 }, (_, i) => i + 1) };

/** Each test has probers of its own, which are closed at its end. */
const it = base.extend<{ prober: (options?: Partial<ProberOptions>) => Prober }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from it
  prober: async ({}, use) => {
    const made: Prober[] = [];
    await use((options) => {
      const limits = { connectionsPerSecond: 0, maximumInFlight: 4_096, timeoutMilliseconds: 300 };
      const one = new Prober({ ...limits, ...options });
      made.push(one);
      return one;
    });
    for (const one of made) await one.close();
  },
});

// Together, as most of them wait for a rate.
describe.concurrent('Prober', () => {
  it('probes in a worker, many jobs at a time', async ({ prober }) => {
    const one = prober();
    const ips = Array.from({ length: 50 }, (_, i) => `127.9.9.${i + 1}`);
    const readings = await Promise.all(ips.map((ip) => one.probe({ ...check, ip }, never)));
    expect(readings.map(({ ip }) => ip)).toEqual(ips);
    for (const reading of readings) {
      expect([...reading.ports.keys()]).toEqual([1, 2, 3]);
      expect(reading.counts.filtered + reading.counts.error).toBe(0);
    }
  });

  it('tells how far a job is, no more than five times a second, and that it is done', async ({
    prober,
  }) => {
    const told: [done: number, total: number, at: number][] = [];
    const one = prober({ ...slow, connectionsPerSecond: 25 });
    await one.probe(slowJob, never, {
      onProgress: (done, total) => told.push([done, total, performance.now()]),
    });
    expect(told.map(([, total]) => total)).toEqual(told.map(() => 20));
    expect(told.map(([done]) => done)).toEqual(
      told.map(([done]) => done).toSorted((a, b) => a - b),
    );
    expect(told.at(-1)?.[0]).toBe(20);
    expect(told.length).toBeGreaterThan(3);
    const seconds = ((told.at(-1)?.[2] ?? 0) - (told[0]?.[2] ?? 0)) / 1_000;
    expect(told.length).toBeLessThanOrEqual(5 * seconds + 3);
  });

  it('rejects an invalid job and invalid limits with the reason', async ({ prober }) => {
    await expect(prober().probe({ ...check, ip: 'web' }, never)).rejects.toMatchObject({
      name: 'ProbeError',
      reason: 'InvalidJob',
      message: 'cannot probe: "web" is not an IP address',
    });
    expect(() => prober({ maximumInFlight: 0 })).toThrow('maximumInFlight');
  });

  it('rejects with the signal’s reason when aborted, and goes on with the other jobs', async ({
    prober,
  }) => {
    const one = prober(slow);
    const abort = new AbortController();
    const aborted = one.probe(slowJob, abort.signal);
    setTimeout(() => abort.abort(new Error('enough')), 20);
    await expect(aborted).rejects.toThrow('enough');
    expect((await one.probe({ ...check, ports: [1] }, never)).complete).toBe(true);
  });

  it('fails jobs under way when closed, and takes no more', async ({ prober }) => {
    const one = prober(slow);
    const job = expect(one.probe(slowJob, never)).rejects.toMatchObject({ reason: 'Closed' });
    await one.close();
    await job;
    await one.close();
    await expect(one.probe(check, never)).rejects.toMatchObject({
      reason: 'Closed',
      message: 'the prober is closed',
    });
  });

  it('is closed when the servers have said goodbye', async ({ prober }) => {
    const order: string[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', ({ message }) => order.push(message));
      socket.resume().on('end', () => setTimeout(goodbye, 100));
      // Not when its own end is through: that is a race against the worker.
      const goodbye = () => {
        order.push('goodbye');
        socket.end('goodbye');
      };
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const one = prober();
    await one.probe({ ip: '127.0.0.1', ports: [port], priority: 'check' }, never);
    await one.close();
    order.push('closed');
    server.close();
    await once(server, 'close');
    expect(order).toEqual(['goodbye', 'closed']);
  });

  it('has no rate to share where it is unlimited', async ({ prober }) => {
    const one = prober();
    one.shareRates(1_000);
    const ports = Array.from({ length: 60 }, (_, i) => i + 1);
    const abort = new AbortController();
    expect((await one.probe({ ...check, ports }, abort.signal)).counts.refused).toBe(60);
    abort.abort();
    const aborted = one.probe(check, AbortSignal.abort(new Error('enough')));
    await expect(aborted).rejects.toThrow('enough');
  });
});

// Alone, as it measures how long it takes.
it('a Prober keeps to its part of the rate, for what is under way too', async ({ prober }) => {
  const rates = { connectionsPerSecond: 1_000, connectionsPerSecondOfAll: 200 };
  const one = prober({ ...slow, ...rates, maximumInFlight: 40 });
  const ports = Array.from({ length: 60 }, (_, i) => i + 1);
  // How long its worker takes to start is no matter.
  await one.probe({ ...check, ports: [1] }, never);
  const startedAt = performance.now();
  const probing = one.probe({ ...check, ports }, never);
  one.shareRates(2);
  expect((await probing).counts.refused).toBe(60);
  // Alone it would have taken three tenths of a second.
  expect(performance.now() - startedAt).toBeGreaterThan(500);
});

/** The next worker thread that this process starts: one test at a time may ask for it. */
async function nextWorker(): Promise<Worker> {
  const [worker] = (await once(process, 'worker')) as [Worker];
  return worker;
}

describe('the worker of a Prober', () => {
  it('fails the jobs of a dead worker, and starts a new one for the next job', async ({
    prober,
  }) => {
    const one = prober(slow);
    const started = nextWorker();
    const jobs = [one.probe(slowJob, never), one.probe(slowJob, never)];
    const dead = (await started).terminate();
    for (const result of await Promise.allSettled(jobs))
      expect(result).toMatchObject({
        status: 'rejected',
        reason: {
          name: 'ProbeError',
          reason: 'WorkerDied',
          message: /the probe worker died: exit code/,
        },
      });
    await dead;
    expect((await one.probe({ ...check, ports: [1] }, never)).complete).toBe(true);
  });

  it('ends an idle worker, and starts another when there is work again', async ({ prober }) => {
    const one = prober({ idleMilliseconds: 10 });
    const first = nextWorker();
    await one.probe(check, never);
    await once(await first, 'exit');
    const second = nextWorker();
    await one.probe(check, never);
    expect((await second).threadId).not.toBe((await first).threadId);
  });
});
