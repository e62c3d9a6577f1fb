/** The engine on a network and a clock of the test's own: what it starts when, and what it says of it. */
import { describe, expect, it, vi } from 'vitest';
import { check, LIMITS, never, range, refused } from '../testing/engine-jobs.ts';
import { known, useFakeClock } from '../testing/fake-clock.ts';
import { scriptedNetwork } from '../testing/scripted-network.ts';
import { Engine } from './engine.ts';

useFakeClock();

describe('what the engine says', () => {
  it('case 48: tells open, refused, unreachable and other errors from each other', async () => {
    const results = ['connected', 'ECONNREFUSED', 'EHOSTUNREACH', 'EPERM'];
    const network = scriptedNetwork((_, port) => ({ result: results[port - 1] ?? '', after: 5 }));
    const job = check('10.0.0.1', range(4));
    const [tally] = await known(new Engine(LIMITS, network.connect).probe(job, never));
    expect([...(tally?.ports ?? [])]).toEqual([
      [1, 'open'],
      [2, 'refused'],
      [3, 'unreachable'],
      [4, 'error'],
    ]);
    expect(tally?.reasons).toEqual(new Map([['EPERM', 1]]));
    expect(network.started.every(({ endedAt }) => endedAt === 5)).toBe(true);
  });

  it('hangs up in order what was made, a witness too, and nothing else', async () => {
    const network = scriptedNetwork((_, port) =>
      port === 80 ? { result: 'connected', after: 5 } : undefined,
    );
    const ports = [80, ...range(600).map((port) => port + 1_000)];
    await known(new Engine(LIMITS, network.connect).probe(check('10.0.0.1', ports), never));
    const hungUp = network.started.filter(({ isHungUp }) => isHungUp);
    expect(hungUp.length).toBeGreaterThan(1);
    expect(hungUp).toEqual(network.started.filter(({ port }) => port === 80));
    expect(network.started.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
  });

  it('reads an EACCES by the family of the address', async () => {
    const network = scriptedNetwork(() => ({ result: 'EACCES', after: 'at once' }));
    const engine = new Engine(LIMITS, network.connect);
    const tallies = await known(
      ...['10.0.0.1', 'fd00::1'].map((ip) => engine.probe(check(ip, [80]), never)),
    );
    expect(tallies.map(({ ports }) => ports.get(80))).toEqual(['error', 'unreachable']);
  });

  it('case 48: calls silence filtered after four attempts, of which the later ones wait longer', async () => {
    const network = scriptedNetwork(() => undefined);
    const probing = new Engine(LIMITS, network.connect).probe(check('10.0.0.1', [80]), never);
    const [tally] = await known(probing);
    expect(tally?.ports).toEqual(new Map([[80, 'filtered']]));
    const waits = network.started.map(({ at, endedAt }) => (endedAt ?? 0) - at);
    expect(waits).toHaveLength(4);
    for (const [index, wait] of waits.entries()) {
      const timeout = index === 0 ? 100 : 1_500;
      expect(wait).toBeGreaterThanOrEqual(timeout);
      expect(wait).toBeLessThanOrEqual(timeout + 21);
    }
  });

  it('hears an answer that is there after the tick by which it was due', async () => {
    const network = scriptedNetwork(() => refused(100));
    const probing = new Engine(LIMITS, network.connect).probe(check('10.0.0.1', [1]), never);
    const [tally] = await known(probing);
    expect(tally?.ports.get(1)).toBe('refused');
    expect(network.started).toHaveLength(1);
  });

  it('waits for silence as long as the answers of the target take', async () => {
    const limits = { ...LIMITS, maximumInFlight: 1, timeoutMilliseconds: 1_000 };
    const network = scriptedNetwork((_, port) => (port < 3 ? refused(40) : undefined));
    const engine = new Engine(limits, network.connect);
    void engine.probe(check('10.0.0.1', [1, 2, 3]), never);
    await vi.advanceTimersByTimeAsync(500);
    // Mean 40 and a margin of 100, in steps of 25, and a tick.
    const silent = network.started[2];
    expect((silent?.endedAt ?? 0) - (silent?.at ?? 0)).toBeGreaterThanOrEqual(150);
    expect((silent?.endedAt ?? 0) - (silent?.at ?? 0)).toBeLessThanOrEqual(171);
  });

  it('learns nothing of how long answers take from what ended before it was under way', async () => {
    const limits = { ...LIMITS, maximumInFlight: 1, timeoutMilliseconds: 1_000 };
    const network = scriptedNetwork((_, port) => (port < 3 ? refused('at once') : undefined));
    void new Engine(limits, network.connect).probe(check('10.0.0.1', [1, 2, 3]), never);
    await vi.advanceTimersByTimeAsync(900);
    expect(network.started[2]).toMatchObject({ port: 3, endedAt: undefined });
  });

  it('lets one that waits wait longer where others turn out to', async () => {
    const limits = { ...LIMITS, timeoutMilliseconds: 1_000, maximumInFlight: 2 };
    const after = [1, 1, 1, undefined, 120, 240, 240];
    const network = scriptedNetwork((_, port) => {
      const milliseconds = after[port - 1];
      return milliseconds === undefined ? undefined : refused(milliseconds);
    });
    void new Engine(limits, network.connect).probe(check('10.0.0.1', range(7)), never);
    await vi.advanceTimersByTimeAsync(900);
    const silent = network.started.find(({ port }) => port === 4);
    // Started when 125 ms were thought to do; the answer after 120 ms came in time to show more.
    const waited = (silent?.endedAt ?? Number.POSITIVE_INFINITY) - (silent?.at ?? 0);
    expect(waited).toBeGreaterThan(200);
    expect(waited).toBeLessThan(700);
  });

  it('tells of progress at most five times a second, and once at the end', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine({ ...LIMITS, connectionsPerSecond: 100 }, network.connect);
    const told: [at: number, done: number, total: number][] = [];
    const onProgress = (done: number, total: number) => told.push([performance.now(), done, total]);
    await known(engine.probe(check('10.0.0.1', range(100)), never, { onProgress }));
    const times = told.slice(0, -1).map(([at]) => at);
    expect(times).toEqual([20, 220, 420, 620, 820]);
    expect(told.map(([, done]) => done)).toEqual(told.map(([, done]) => done).toSorted(byValue));
    expect(told[1]?.[1]).toBeGreaterThan(10);
    expect(told.at(-1)?.slice(1)).toEqual([100, 100]);
    expect(told.every(([, , total]) => total === 100)).toBe(true);
  });
});

const byValue = (a: number, b: number) => a - b;

describe('when the engine starts connections', () => {
  it('starts no more at a time than the kernel’s answers are read for', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine(LIMITS, network.connect);
    const [tally] = await known(engine.probe(check('10.0.0.1', range(600)), never));
    expect(tally?.counts.refused).toBe(600);
    expect(network.turns).toEqual([256, 256, 88]);
  });

  it('has no more under way than it may', async () => {
    const network = scriptedNetwork(() => refused(10));
    const engine = new Engine({ ...LIMITS, maximumInFlight: 3 }, network.connect);
    const tallies = ['10.0.0.1', '10.0.0.2'].map((ip) => engine.probe(check(ip, range(6)), never));
    await known(...tallies);
    for (const { at } of network.started) {
      const underWay = network.started.filter((each) => each.at <= at && (each.endedAt ?? 0) > at);
      expect(underWay.length).toBeLessThanOrEqual(3);
    }
    expect(performance.now()).toBeLessThan(60);
  });

  it('keeps to its rate to the millisecond, whatever the number of tasks', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine({ ...LIMITS, connectionsPerSecond: 20 }, network.connect);
    const ips = ['10.0.0.1', '10.0.0.2'];
    await known(...ips.map((ip) => engine.probe(check(ip, range(4)), never)));
    const gaps = gapsOf(network.started);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(52);
    expect(network.started.map(({ ip }) => ip)).toEqual(range(4).flatMap(() => ips));
  });

  it('keeps to the rate of a node, and makes no other wait for it', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine({ ...LIMITS, connectionsPerSecondToNode: 10 }, network.connect);
    const on = (node: string, ip: string) => engine.probe({ ...check(ip, range(5)), node }, never);
    await known(on('a', '10.0.0.1'), on('a', '10.0.0.2'), on('b', '10.0.1.1'));
    const of = (...ips: string[]) => network.started.filter(({ ip }) => ips.includes(ip));
    expect(Math.min(...gapsOf(of('10.0.0.1', '10.0.0.2')))).toBeGreaterThanOrEqual(100);
    expect(of('10.0.0.1', '10.0.0.2').at(-1)?.at).toBeGreaterThanOrEqual(900);
    // Ticks of 20 ms wake it.
    expect(of('10.0.1.1').at(-1)?.at).toBeLessThanOrEqual(500);
  });

  it('keeps to another rate of nodes once that is set', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine({ ...LIMITS, connectionsPerSecondToNode: 1 }, network.connect);
    engine.setRates({ connectionsPerSecond: 0, connectionsPerSecondToNode: 4 });
    await known(engine.probe({ ...check('10.0.0.1', range(3)), node: 'a' }, never));
    for (const gap of gapsOf(network.started)) {
      expect(gap).toBeGreaterThanOrEqual(250);
      expect(gap).toBeLessThanOrEqual(280);
    }
  });

  it('starts nothing for a second where the rate changes, and keeps to the new one then', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine({ ...LIMITS, connectionsPerSecond: 1 }, network.connect);
    const probing = engine.probe(check('10.0.0.1', range(5)), never);
    await vi.advanceTimersByTimeAsync(500);
    engine.setRates({ connectionsPerSecond: 10, connectionsPerSecondToNode: 0 });
    await known(probing);
    const [first, ...later] = gapsOf(network.started);
    // A second, and the hundred milliseconds of the first token at the new rate.
    expect(first).toBeGreaterThanOrEqual(1_600);
    expect(first).toBeLessThanOrEqual(1_603);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...later)).toBeLessThanOrEqual(102);
  });

  it('bounds a rate that was unlimited', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine(LIMITS, network.connect);
    engine.setRates({ connectionsPerSecond: 10, connectionsPerSecondToNode: 0 });
    await known(engine.probe(check('10.0.0.1', range(3)), never));
    expect(gapsOf(network.started).every((gap) => gap >= 100)).toBe(true);
  });

  it('lets a check overtake a sweep', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine({ ...LIMITS, connectionsPerSecond: 100 }, network.connect);
    const sweep = engine.probe({ ...check('10.0.0.1', range(40)), priority: 'sweep' }, never);
    await vi.advanceTimersByTimeAsync(100);
    const before = network.started.length;
    await known(engine.probe(check('10.0.0.2', range(10)), never));
    const next = network.started.slice(before, before + 10);
    expect(next.map(({ ip }) => ip)).toEqual(next.map(() => '10.0.0.2'));
    await known(sweep);
  });
});

const gapsOf = (started: readonly { at: number }[]) =>
  started.slice(1).map(({ at }, index) => at - (started[index]?.at ?? 0));
