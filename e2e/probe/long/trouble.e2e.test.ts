import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WELL_KNOWN_PORTS } from '../../../src/domain/probing/well-known-ports.ts';
import type { ProbeJob } from '../../../src/probe/job.ts';
import { keepAllCoresBusy } from '../keep-busy.ts';
import { NetworkNamespaces, SYN } from '../network-namespaces.ts';

const options = { connectionsPerSecond: 0, maximumInFlight: 8_192, timeoutMilliseconds: 500 };
const ALL = 65_535;

let network: NetworkNamespaces;
beforeAll(async () => {
  network = await NetworkNamespaces.create();
  await network.listen(8_080);
});
afterAll(() => network?.remove());

describe('a machine in trouble', () => {
  afterEach(() => network.sysctl(network.client, 'net.ipv4.ip_local_port_range', '32768 60999'));

  it('that runs out of file descriptors probes more gently, and reads every port right', async () => {
    await network.filter(['tcp dport 8080 accept', 'tcp dport 1-500 drop']);
    const ports = Array.from({ length: 10_000 }, (_, i) => i + 1);
    const job: ProbeJob = { ip: network.ipv4, ports, priority: 'sweep' };
    // 450 of 600 are in use, so the 300 that the engine allows itself are not there.
    const { readings } = await network.scan(
      { options, jobs: [job], heldFileDescriptors: 450 },
      { openFiles: 600 },
    );
    expect(readings[0]).toMatchObject({
      complete: true,
      counts: { open: 1, refused: 9_499, filtered: 500, unreachable: 0, error: 0 },
    });
  });

  it('that has no file descriptor left at all says so', async () => {
    const job: ProbeJob = { ip: network.ipv4, ports: [80, 8_080], priority: 'check' };
    const { readings } = await network.scan(
      { options, jobs: [job], heldFileDescriptors: 'all' },
      { openFiles: 100 },
    );
    expect(readings[0]).toMatchObject({
      complete: false,
      counts: { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 2 },
      note: expect.stringContaining('EMFILE'),
    });
  });

  it('that runs out of ephemeral ports waits for one', async () => {
    await network.filter([`${SYN} drop`]);
    await network.sysctl(network.client, 'net.ipv4.ip_local_port_range', '40000 40009');
    // Twelve connections to one port, and ten source ports to make them from.
    const jobs = new Array<ProbeJob>(12).fill({ ip: network.ipv4, ports: [80], priority: 'sweep' });
    const { readings } = await network.scan({ options, jobs });
    for (const reading of readings)
      expect(reading).toMatchObject({ complete: true, counts: { filtered: 1, error: 0 } });
  });

  it('is not deceived by a connection with itself', async () => {
    await network.sysctl(network.client, 'net.ipv4.ip_local_port_range', '40000 40009');
    const ports = Array.from({ length: 10 }, (_, i) => 40_000 + i);
    const jobs = new Array<ProbeJob>(20).fill({ ip: '10.99.0.1', ports, priority: 'check' });
    const { readings } = await network.scan({ options, jobs });
    for (const reading of readings)
      expect(reading).toMatchObject({ complete: true, counts: { open: 0, refused: 10 } });
  });

  it('without IPv6 gives up on it with the reason', async () => {
    await network.sysctl(network.client, 'net.ipv6.conf.all.disable_ipv6', '1');
    const job: ProbeJob = { ip: '::1', ports: [80], priority: 'check' };
    const { readings } = await network.scan({ options, jobs: [job] });
    expect(readings[0]).toMatchObject({
      complete: false,
      counts: { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 1 },
      note: expect.stringContaining('EADDRNOTAVAIL'),
    });
  });
});

/**
 * Every answer was read as one: no port was tried again, so each got one SYN. Where two threads share a
 * sweep, both ask for the well-known ports.
 */
const ONE_SYN_EACH = ALL + (availableParallelism() > 1 ? WELL_KNOWN_PORTS.length : 0);

describe('a late event loop', () => {
  const sweepAll = (): ProbeJob => ({ ip: network.ipv4, ports: 'all', priority: 'sweep' });

  it('reads no refusal as silence on a machine with all cores busy', async () => {
    await network.filter([]);
    const end = keepAllCoresBusy();
    try {
      const impatient = { ...options, maximumInFlight: 16_384, timeoutMilliseconds: 50 };
      const { readings } = await network.scan({ options: impatient, jobs: [sweepAll()] });
      expect(readings[0]?.counts).toMatchObject({ open: 1, refused: ALL - 1 });
      expect(await network.synCount()).toBe(ONE_SYN_EACH);
    } finally {
      end();
    }
  });

  it('reads no answer as silence that came while it was stopped for longer than the timeout', async () => {
    await network.filter([]);
    // 17,000 SYNs/s: of the up to 10,000 connections under way each waits for up to 600 ms.
    await network.slowDown('10mbit');
    const patient = { ...options, maximumInFlight: 10_000, timeoutMilliseconds: 800 };
    let stops = 0;
    const { readings } = await network.scan(
      { options: patient, jobs: [sweepAll()] },
      {
        started: async (child) => {
          while (child.exitCode === null) {
            await sleep(400);
            child.kill('SIGSTOP');
            await sleep(1_000);
            child.kill('SIGCONT');
            stops++;
          }
        },
      },
    );
    expect(stops).toBeGreaterThan(2);
    expect(readings[0]?.counts).toMatchObject({ open: 1, refused: ALL - 1 });
    // With so many under way, some ports that have answered are asked again as witnesses.
    expect(await network.synCount()).toBeLessThan(1.01 * ONE_SYN_EACH);
  });
});
