import { expect, test } from 'vitest';
import { Loss } from './loss.ts';
import { Pace } from './pace.ts';

/** Connections that a target may be asked for from a moment on, while there is no end of them. */
function startsWithin(pace: Pace, from: number, milliseconds: number): number {
  let count = 0;
  for (let now = from; now < from + milliseconds; now++) {
    while (count < 1_000_000 && pace.allows(now)) {
      pace.take(now);
      pace.started(now);
      count++;
    }
  }
  return count;
}

/** A round of one second in which of so many witnesses so many were silent. */
function lossOf({ witnessed, silent }: { witnessed: number; silent: number }): Loss {
  const loss = new Loss();
  for (let index = 0; index < witnessed; index++) loss.witness(index < silent ? 'silent' : 'heard');
  return loss;
}

const SECOND = { started: 1_000, startedAt: 0, lastStartedAt: 1_000 };

test('a target that has shown no limit is asked as fast as connections can be started', () => {
  expect(startsWithin(new Pace(), 0, 1)).toBe(1_000_000);
});

test('a target that has lost nothing goes on without a limit', () => {
  const pace = new Pace();
  pace.nextRound(SECOND, lossOf({ witnessed: 98, silent: 0 }), 1_000);
  expect(startsWithin(pace, 0, 1)).toBe(1_000_000);
});

test('after a loss it is asked as often as it was heard', () => {
  const pace = new Pace();
  pace.nextRound(SECOND, lossOf({ witnessed: 98, silent: 50 }), 1_000);
  expect(startsWithin(pace, 0, 1_000)).toBe(500);
});

test('where slower did not help, it is asked twice as often again', () => {
  const pace = new Pace();
  const loss = lossOf({ witnessed: 98, silent: 50 });
  pace.nextRound(SECOND, loss, 1_000);
  pace.nextRound(SECOND, loss, 1_000);
  expect(startsWithin(pace, 0, 1_000)).toBe(1_000);
});

test.each([
  ['20 a second, however little it answers', 10, 20],
  ['what ends a round of many ports within a minute', 60_000, 1_000],
])('it is asked at least %s', (_what, ports, expected) => {
  const pace = new Pace();
  pace.nextRound({ ...SECOND, started: 0 }, lossOf({ witnessed: 98, silent: 98 }), ports);
  expect(startsWithin(pace, 0, 1_000)).toBe(expected);
});
