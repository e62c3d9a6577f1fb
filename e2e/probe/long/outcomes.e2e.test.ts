import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/probing/reading.ts';
import type { ProbeJob } from '../../../src/probe/job.ts';
import { NetworkNamespaces, SYN } from '../network-namespaces.ts';

const options = { connectionsPerSecond: 0, maximumInFlight: 8_192, timeoutMilliseconds: 500 };
const ALL = 65_535;
const none: Record<Outcome, number> = {
  open: 0,
  refused: 0,
  filtered: 0,
  unreachable: 0,
  error: 0,
};
const LISTENED = [5_000, 8_080, 9_090];
const DROP = `${SYN} drop`;

let network: NetworkNamespaces;
beforeAll(async () => {
  network = await NetworkNamespaces.create();
  await network.listen(...LISTENED);
  // Else the kernel sends one ICMP error a second, and most of the matrix would read as silence.
  await network.liftIcmpLimits();
});
afterAll(() => network?.remove());

async function reading(job: ProbeJob, settings = options) {
  const { readings } = await network.scan({ options: settings, jobs: [job] });
  const [only] = readings;
  if (only === undefined) throw new Error('no reading');
  return only;
}
const sweep = (ip: string) => reading({ ip, ports: 'all', priority: 'sweep' });
const check = (ip: string, ports: number[]) => reading({ ip, ports, priority: 'check' });
const open = (ports: number[]) => new Map(ports.map((port) => [port, 'open']));

describe.each(['ipv4', 'ipv6'] as const)('over %s, a sweep of all ports', (family) => {
  it('tells open from closed', async () => {
    await network.filter([]);
    const { ports, counts, complete } = await sweep(network[family]);
    expect(ports).toEqual(open(LISTENED));
    expect(counts).toEqual({ ...none, open: 3, refused: ALL - 3 });
    expect(complete).toBe(true);
  });

  it('finds the one port that is not dropped', async () => {
    await network.filter(['tcp dport 8080 accept', DROP]);
    const { ports, counts } = await sweep(network[family]);
    expect(ports).toEqual(open([8_080]));
    expect(counts).toEqual({ ...none, open: 1, filtered: ALL - 1 });
  });

  it('counts a network that accepts everything', async () => {
    await network.filter([], ['tcp dport 1-65535 redirect to :8080']);
    const { ports, counts, note } = await sweep(network[family]);
    expect(counts).toEqual({ ...none, open: ALL });
    expect(ports.size).toBe(1_024);
    expect(note).toBe('1024 of 65535 open ports are listed');
  });

  it('finds every port behind a network that loses one SYN in ten', async () => {
    await network.filter([`${SYN} numgen random mod 10 < 1 drop`]);
    const { ports, counts } = await sweep(network[family]);
    expect(ports).toEqual(open(LISTENED));
    expect(counts).toEqual({ ...none, open: 3, refused: ALL - 3 });
  });
});

describe.each(['ipv4', 'ipv6'] as const)('over %s, a check', (family) => {
  const ports = [1, 80, 8_080, 9_090, 31_000, 65_535];
  const all = (outcome: Outcome) => new Map(ports.map((port) => [port, outcome]));

  it('reads ICMP no route as unreachable', async () => {
    const code = family === 'ipv4' ? 'icmp net-unreachable' : 'icmpv6 no-route';
    await network.filter([`meta l4proto tcp reject with ${code}`]);
    expect((await check(network[family], ports)).ports).toEqual(all('unreachable'));
  });

  it('needs one answer in two attempts', async () => {
    // Every first SYN of a port is lost, its second is not.
    const key = `${family === 'ipv4' ? 'ip' : 'ip6'} saddr . tcp dport`;
    const type = family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
    await network.filter([
      `${SYN} ${key} != @seen add @seen { ${key} } drop`,
      `}\nset seen {\ntype ${type} . inet_service\nflags dynamic\nsize 65535`,
    ]);
    const { counts } = await check(network[family], ports);
    expect(counts).toEqual({ ...none, open: 2, refused: 4 });
  });
});

it('never calls a port of a sweep open that an ICMP error closes', async () => {
  await network.filter([`${SYN} reject with icmp port-unreachable`]);
  const { counts } = await sweep(network.ipv4);
  expect(counts).toEqual({ ...none, refused: ALL });
});

describe('a host that is away', () => {
  it('is silent or unreachable, never refused', async () => {
    const { counts } = await check(network.absentIpv4, [1, 2, 3]);
    expect(counts).toEqual({
      ...none,
      filtered: counts.filtered,
      unreachable: 3 - counts.filtered,
    });
  });

  it('is unreachable once nobody answers ARP', async () => {
    const patient = { ...options, timeoutMilliseconds: 5_000 };
    const job: ProbeJob = { ip: network.absentIpv4, ports: [1, 2, 3], priority: 'check' };
    expect((await reading(job, patient)).counts).toEqual({ ...none, unreachable: 3 });
  });

  it('is unreachable without a route', async () => {
    expect((await sweep('10.77.0.1')).counts).toEqual({ ...none, unreachable: ALL });
  });
});
