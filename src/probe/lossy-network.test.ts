/**
 * Tasks on a network that loses packets, played thousands of times: what no test on a real network can
 * do in its time, and what a share of wrong readings of one in a thousand hides behind.
 */
import { describe, expect, it } from 'vitest';
import type { Reading } from '../domain/probing/reading.ts';
import { runs } from '../testing/property-runs.ts';
import { seeded } from '../testing/seeded.ts';
import { readingOf } from './tally.ts';
import { type Taken, Task } from './task.ts';

const OPEN = [8_002, 8_007];
const PORTS = Array.from({ length: 10 }, (_, i) => 8_000 + i);
const { numRuns: PLAYS } = runs(400);
const ANSWER_MILLISECONDS = 1;
const TICK_MILLISECONDS = 20;
/** When Linux repeats an unanswered SYN. */
const SECOND_SYN_MILLISECONDS = 1_000;

interface Answer {
  taken: Taken;
  outcome: 'open' | 'filtered';
  at: number;
  milliseconds: number | undefined;
}

/** Lets a task run to its end against a target that drops all ports but two, and loses what it may. */
function play(isLost: () => boolean): Reading {
  const task = new Task({ ip: '10.0.0.1', ports: PORTS, priority: 'check' }, 500, 100);
  const waiting: Answer[] = [];
  let now = 0;
  while (!task.isDone) {
    const taken = task.hasPortsToTake && task.mayStart(now) ? task.take(now) : undefined;
    if (taken !== undefined) {
      task.started(now);
      const isOpen = OPEN.includes(taken.port);
      const milliseconds = isOpen ? heardAfter(task.timeout, isLost) : undefined;
      const outcome = milliseconds === undefined ? 'filtered' : 'open';
      waiting.push({ taken, outcome, at: now + (milliseconds ?? task.timeout), milliseconds });
      continue;
    }
    now += TICK_MILLISECONDS;
    for (const each of waiting.filter(({ at }) => at <= now)) {
      waiting.splice(waiting.indexOf(each), 1);
      task.settle(each.taken, each.outcome, '', now, each.milliseconds);
    }
  }
  return readingOf([task.tally()]);
}

function heardAfter(timeout: number, isLost: () => boolean): number | undefined {
  if (!isLost()) return ANSWER_MILLISECONDS;
  const isRepeated = timeout > SECOND_SYN_MILLISECONDS;
  return isRepeated && !isLost() ? SECOND_SYN_MILLISECONDS + ANSWER_MILLISECONDS : undefined;
}

describe('a check of a locked target', () => {
  it.each([0, 0.02, 0.1, 0.2, 0.36])('reads every port right through %d loss', (share) => {
    const random = seeded(share);
    const wrong = [];
    for (let i = 0; i < PLAYS; i++) {
      const { ports, complete } = play(() => random() < share);
      const isRight = PORTS.every((port) => (ports.get(port) === 'open') === OPEN.includes(port));
      if (!isRight || !complete) wrong.push(ports);
    }
    expect(wrong).toEqual([]);
  });

  it('asks again no more often than it must where nothing is lost', () => {
    let asked = 0;
    const { ports } = play(() => {
      asked++;
      return false;
    });
    expect(ports.size).toBe(PORTS.length);
    // Two ports once, and two rounds with eight witnesses.
    expect(asked).toBe(2 + 2 * 8);
  });
});
