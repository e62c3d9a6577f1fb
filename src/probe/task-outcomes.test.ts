/** What a task says of its ports, and which of them it asks first. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../domain/probing/reading.ts';
import { type Taken, Task, type Work } from './task.ts';

const task = (work: Partial<Work> = {}) =>
  new Task({ ip: '10.0.0.1', ports: [80, 443], priority: 'check', ...work }, 500, 100);
/** 255 ports: each 256th of all. */
const smallSweep = (work: Partial<Work> = {}) =>
  task({ ports: 'all', priority: 'sweep', part: { index: 0, of: 256 }, ...work });

/** Takes what this round has to take now, and leaves it under way. */
function takeAll(task: Task, now = 0): Taken[] {
  const taken: Taken[] = [];
  for (let next = task.take(now); next !== undefined; next = task.take(now)) taken.push(next);
  return taken;
}

const answers = (task: Task, taken: Taken, outcome: Outcome, now = 1) =>
  task.settle(taken, outcome, 'EPERM', now, outcome === 'filtered' ? undefined : 1);

afterEach(() => {
  vi.useRealTimers();
});

describe('which ports a task asks', () => {
  it('asks a list in its order, well-known or not', () => {
    expect(takeAll(task({ ports: [1, 2, 80, 443] })).map(({ port }) => port)).toEqual([
      1, 2, 80, 443,
    ]);
  });

  it('asks those of a list first that should answer', () => {
    const taken = takeAll(task({ ports: [1, 2, 80, 443], expected: [80, 2] }));
    expect(taken.map(({ port }) => port)).toEqual([2, 80, 1, 443]);
  });

  it('knows how many it asks, and of how many it has heard', () => {
    const check = task({ ports: [80, 81, 82] });
    expect([check.total, check.done, check.isDone]).toEqual([3, 0, false]);
    const [first, second, third] = takeAll(check) as [Taken, Taken, Taken];
    expect([check.inFlight, check.hasPortsToTake, check.isDone]).toEqual([3, false, false]);
    answers(check, first, 'refused');
    answers(check, second, 'unreachable');
    expect([check.inFlight, check.done]).toEqual([1, 2]);
    answers(check, third, 'filtered');
    // The silent one is asked again.
    expect([check.inFlight, check.done, check.hasPortsToTake]).toEqual([0, 2, true]);
  });

  it('asks nothing again that answered, was unreachable or ended in an error', () => {
    const outcomes = ['open', 'refused', 'unreachable', 'error'] as const;
    const check = task({ ports: [1, 2, 3, 4] });
    for (const [index, taken] of takeAll(check).entries())
      answers(check, taken, outcomes[index] ?? 'error');
    expect(check.isDone).toBe(true);
    expect(check.tally().counts).toEqual({
      open: 1,
      refused: 1,
      unreachable: 1,
      error: 1,
      filtered: 0,
    });
  });

  it('is not over while a witness is owed, though no port is left', () => {
    const check = task();
    const [first, second] = takeAll(check) as [Taken, Taken];
    answers(check, first, 'open');
    answers(check, second, 'filtered');
    const round = takeAll(check, 1_000);
    expect(round).toEqual([
      { port: 80, position: undefined },
      { port: 443, position: 1 },
    ]);
    for (const each of round) answers(check, each, each.port === 80 ? 'open' : 'filtered', 1_001);
    expect([check.hasPortsToTake, check.isDone]).toEqual([true, false]);
    expect([check.mayStart(1_179), check.mayStart(1_180)]).toEqual([false, true]);
    expect(check.take(1_180)).toEqual({ port: 80, position: undefined });
  });

  it('takes a scout’s silence for no loss', () => {
    const sweep = smallSweep({ expected: [1] });
    for (const each of takeAll(sweep))
      answers(sweep, each, each.port % 256 === 0 ? 'refused' : 'filtered');
    expect(sweep.isDone).toBe(true);
    expect(sweep.tally().counts).toMatchObject({ refused: 255, filtered: 0 });
  });

  it('puts back what could not be tried, but for a witness', () => {
    const sweep = smallSweep({ expected: [1] });
    const [scout] = [sweep.take(0)] as [Taken];
    expect(scout.position).toBeUndefined();
    sweep.putBack(scout, 'EMFILE', 0);
    const taken = takeAll(sweep);
    expect(taken.filter(({ port }) => port === scout.port)).toEqual([]);
    expect(taken.filter(({ position }) => position !== undefined)).toHaveLength(255);
  });
});

describe('what a task says', () => {
  it('lists all ports of a list, and the open ones of a sweep', () => {
    const check = task();
    for (const each of takeAll(check)) answers(check, each, 'refused');
    expect(check.tally()).toMatchObject({
      ip: '10.0.0.1',
      isSweep: false,
      ports: new Map([
        [80, 'refused'],
        [443, 'refused'],
      ]),
      doubtful: 0,
    });
    const sweep = smallSweep();
    for (const each of takeAll(sweep)) answers(sweep, each, each.port === 256 ? 'open' : 'refused');
    expect(sweep.tally()).toMatchObject({ isSweep: true, ports: new Map([[256, 'open']]) });
  });

  it('lists 1,024 open ports of a sweep, and counts them all', () => {
    const sweep = smallSweep({ part: { index: 0, of: 32 } });
    for (const each of takeAll(sweep)) answers(sweep, each, 'open');
    const { ports, counts } = sweep.tally();
    expect([ports.size, counts.open]).toEqual([1_024, 2_047]);
    expect([...ports.keys()].at(-1)).toBe(1_024 * 32);
  });

  it('counts each errno, and has none where nothing ended in an error', () => {
    const check = task({ ports: [1, 2, 3] });
    const [first, second, third] = takeAll(check) as [Taken, Taken, Taken];
    check.settle(first, 'error', 'EPERM', 1, undefined);
    check.settle(second, 'error', 'EPERM', 1, undefined);
    check.settle(third, 'error', 'EINVAL', 1, undefined);
    expect(check.tally().reasons).toEqual(
      new Map([
        ['EPERM', 2],
        ['EINVAL', 1],
      ]),
    );
    const other = task();
    for (const each of takeAll(other)) answers(other, each, 'unreachable');
    expect(other.tally().reasons.size).toBe(0);
  });

  it('began when its first port was taken, and ends when it is asked', () => {
    vi.useFakeTimers({ now: 1_000, toFake: ['Date'] });
    const check = task();
    expect(check.tally()).toMatchObject({ startedAt: 1_000, endedAt: 1_000 });
    vi.setSystemTime(2_000);
    const first = check.take(0) as Taken;
    vi.setSystemTime(3_000);
    const second = check.take(0) as Taken;
    for (const each of [first, second]) answers(check, each, 'refused');
    vi.setSystemTime(4_000);
    expect(check.tally()).toMatchObject({ startedAt: 2_000, endedAt: 4_000 });
  });

  it('leaves open what is silent where witnesses went silent too', () => {
    const check = task({ ports: Array.from({ length: 50 }, (_, i) => i + 1) });
    for (const each of takeAll(check))
      answers(check, each, each.port <= 2 ? 'refused' : 'filtered');
    for (let now = 1_000; check.hasPortsToTake; now += 180)
      for (const each of takeAll(check, now)) answers(check, each, 'filtered', now);
    expect(check.isDone).toBe(true);
    expect(check.tally()).toMatchObject({
      doubtful: 48,
      counts: { refused: 2, filtered: 0, error: 48 },
    });
    expect(check.tally()).not.toHaveProperty('untried');
  });
});

describe('a task that cannot connect', () => {
  const shortFrom = (check: Task, from: number, to: number) => {
    for (const now of [from, to]) check.putBack(check.take(now) as Taken, 'EMFILE', now);
  };

  it('gives up what it has not tried after five seconds', () => {
    const check = task({ ports: [80, 81, 82] });
    answers(check, check.take(0) as Taken, 'filtered', 0);
    shortFrom(check, 1_000, 5_999);
    expect(check.isDone).toBe(false);
    check.putBack(check.take(6_000) as Taken, 'EADDRNOTAVAIL', 6_000);
    expect(check.isDone).toBe(true);
    expect(check.tally()).toMatchObject({
      untried: { reason: 'EADDRNOTAVAIL', ports: 2 },
      counts: { filtered: 1, error: 2 },
    });
  });

  it('counts them anew where one connection was started meanwhile', () => {
    const check = task({ ports: [80, 81, 82] });
    shortFrom(check, 0, 4_000);
    answers(check, check.take(4_500) as Taken, 'refused', 4_501);
    shortFrom(check, 5_000, 9_999);
    expect(check.isDone).toBe(false);
    shortFrom(check, 9_999, 10_000);
    expect(check.isDone).toBe(true);
  });

  it('waits for what is under way before it ends', () => {
    const check = task({ ports: [80, 81, 82] });
    const underWay = check.take(0) as Taken;
    shortFrom(check, 0, 5_000);
    expect([check.hasPortsToTake, check.isDone]).toEqual([false, false]);
    answers(check, underWay, 'open', 5_001);
    expect(check.isDone).toBe(true);
    expect(check.tally()).toMatchObject({ counts: { open: 1, error: 2 }, untried: { ports: 2 } });
  });

  it('goes on with the next round where the last witness of one could not be tried', () => {
    const check = task();
    for (const each of takeAll(check)) answers(check, each, each.port === 80 ? 'open' : 'filtered');
    const [port, witnesses] = [[] as Taken[], [] as Taken[]];
    for (let now = 1_000; check.hasPortsToTake; now += 180)
      for (const each of takeAll(check, now))
        (each.position === undefined ? witnesses : port).push(each);
    const last = witnesses.pop() as Taken;
    for (const each of witnesses) answers(check, each, 'open', 3_000);
    for (const each of port) answers(check, each, 'filtered', 3_000);
    expect([check.hasPortsToTake, check.isDone]).toEqual([false, false]);
    check.putBack(last, 'EMFILE', 3_001);
    expect(check.hasPortsToTake).toBe(true);
    expect(check.isDone).toBe(false);
  });

  it('has its own limit rise again by what goes well', () => {
    const check = task({ ports: Array.from({ length: 50 }, (_, i) => i + 1) });
    check.limit.shortage(20, 0);
    expect(check.limit.at(25)).toBe(10);
    for (const each of takeAll(check).slice(0, 8)) answers(check, each, 'refused');
    expect(check.limit.at(25)).toBe(11);
  });
});
