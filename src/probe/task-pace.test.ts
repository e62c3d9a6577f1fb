/** How fast a task asks again what was silent: hardly more often than the target has shown to answer. */
import { describe, expect, it } from 'vitest';
import { type Taken, Task } from './task.ts';

/** Of 400 ports the first ten answered in the first round, and nothing was lost: the second begins at 0. */
function inSecondRound(ports = 400): Task {
  const all = Array.from({ length: ports + 10 }, (_, i) => i + 1);
  const task = new Task({ ip: '10.0.0.1', ports: all, priority: 'check' }, 500, 10_000);
  const taken = all.map(() => task.take(0) as Taken);
  for (const each of taken) {
    const isAnswer = each.port <= 10;
    const milliseconds = isAnswer ? 1 : undefined;
    task.settle(each, isAnswer ? 'refused' : 'filtered', '', 0, milliseconds);
  }
  return task;
}

interface Script {
  /** Of the eight witnesses, how many are silent, and how many are heard by the second SYN only. */
  silent?: number;
  late?: number;
  /** How many of the ports answer. */
  answers?: number;
  /** Ports are asked no more often than so, in ms. */
  gap?: number;
}

/**
 * Asks every port of a round, one every few milliseconds where the pace allows it; then all end in one
 * millisecond, in which the next round begins.
 * @returns when that is, and how long after the beginning of the round its last port was asked
 */
function playRound(
  task: Task,
  from: number,
  { silent = 0, late = 0, answers = 0, gap = 5 }: Script,
) {
  const ports: Taken[] = [];
  const witnesses: Taken[] = [];
  let now = from;
  let lastAt = from;
  for (; task.hasPortsToTake; now += gap) {
    const next = task.mayStart(now) ? task.take(now) : undefined;
    if (next === undefined) continue;
    task.started(now);
    (next.position === undefined ? witnesses : ports).push(next);
    if (next.position !== undefined) lastAt = now;
  }
  for (const [index, each] of witnesses.entries())
    if (index < silent) task.settle(each, 'filtered', '', now, undefined);
    else task.settle(each, 'refused', '', now, index < silent + late ? 1_001 : 1);
  for (const [index, each] of ports.entries())
    if (index < answers) task.settle(each, 'refused', '', now, 1);
    else task.settle(each, 'filtered', '', now, undefined);
  return { next: now, seconds: (lastAt - from) / 1_000 };
}

/** How many connections a second the task starts from now on, as far as it shows in half a second. */
function paceOf(task: Task, from: number): number {
  const times: number[] = [];
  for (let now = from; now < from + 500 && task.hasPortsToTake; now++)
    while (task.mayStart(now) && task.take(now) !== undefined) {
      task.started(now);
      times.push(now);
    }
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  return (times.filter((at) => at < last).length * 1_000) / (last - first);
}

/** How many connections the task starts in this very millisecond. */
function startedAtOnce(task: Task, now: number): number {
  let asked = 0;
  while (task.mayStart(now) && task.take(now) !== undefined) asked++;
  return asked;
}

/** A rate is kept to within a millisecond a window, and used to at least six sevenths. */
function expectPace(actual: number, expected: number): void {
  expect(actual).toBeGreaterThan((expected * 6) / 7);
  expect(actual).toBeLessThan(expected * 1.03);
}

describe('the pace of a task', () => {
  it('is none where nothing was lost', () => {
    const task = inSecondRound();
    const { next } = playRound(task, 0, {});
    expect(task.isDone).toBe(false);
    expect(startedAtOnce(task, next)).toBe(400 + 1);
  });

  it('is none in the second round, however late the answers of the first came', () => {
    const ports = Array.from({ length: 200 }, (_, i) => i + 1);
    const task = new Task({ ip: '10.0.0.1', ports, priority: 'check' }, 2_000, 1_000);
    const taken = ports.map((_, index) => task.take(5 * index) as Taken);
    for (const each of taken)
      if (each.port <= 10) task.settle(each, 'open', '', 1_000, 950);
      else task.settle(each, 'filtered', '', 2_000, undefined);
    expect(startedAtOnce(task, 2_000)).toBe(190 + 1);
  });

  it.each<[string, Script, (seconds: number) => number]>([
    ['as often as ports were heard of, as far as witnesses show', { silent: 4 }, (s) => 240 / s],
    ['... where they were heard late', { late: 1 }, (s) => 400 / s],
    ['as often as ports answered, where that is more', { silent: 6, answers: 250 }, (s) => 250 / s],
  ])('is %s', (_, script, expected) => {
    const task = inSecondRound();
    const { next, seconds } = playRound(task, 0, script);
    expect(seconds).toBeGreaterThan(2);
    expectPace(paceOf(task, next), expected(seconds));
  });

  it('is twice as fast after a round that lost nothing', () => {
    const task = inSecondRound();
    const second = playRound(task, 0, { silent: 4 });
    const third = playRound(task, second.next, {});
    expectPace(paceOf(task, third.next), 2 * Math.ceil(240 / second.seconds));
  });

  it('is twice as fast after a round that lost as much though it was slower', () => {
    const task = inSecondRound();
    const second = playRound(task, 0, { silent: 4 });
    const third = playRound(task, second.next, { silent: 4 });
    expectPace(paceOf(task, third.next), 2 * Math.ceil(240 / second.seconds));
  });

  it('is slower again after a round that lost less, but something', () => {
    const task = inSecondRound();
    const second = playRound(task, 0, { silent: 4 });
    const third = playRound(task, second.next, { silent: 2 });
    expectPace(paceOf(task, third.next), (400 * 0.8) / third.seconds);
  });

  it('is 20 a second at least', () => {
    const task = inSecondRound(30);
    const { next } = playRound(task, 0, { silent: 6, gap: 100 });
    expect(paceOf(task, next)).toBe(20);
  });

  it('stretches a round over no more than a minute', () => {
    const task = inSecondRound(6_000);
    let now = 0;
    const taken: Taken[] = [];
    // Asked over 1,000 s, of which an answer came to less than half: 2 a second.
    for (; task.hasPortsToTake; now += 165) {
      const next = task.take(now);
      if (next) taken.push(next);
    }
    let witnesses = 0;
    for (const each of taken) {
      const isHeard = each.position === undefined && witnesses++ % 2 === 0;
      task.settle(each, isHeard ? 'refused' : 'filtered', '', now, isHeard ? 1 : undefined);
    }
    expect(paceOf(task, now)).toBe(100);
  });
});
