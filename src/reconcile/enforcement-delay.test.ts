import { describe, expect, test } from 'vitest';
import type { Outcome } from '../domain/probing/reading.ts';
import { NO_COUNTS } from '../testing/seen-network.ts';
import { EnforcementDelay, type TimedReading } from './enforcement-delay.ts';

const DECLARED = new Set([8080]);
const LOCKED_AT = 1_000;

/** A pod that was ready at `readySince`, asked at `startedAt`: 8080 answers, and the undeclared ones are as given. */
function reading(readySince: number, startedAt: number, undeclared: Outcome[]): TimedReading {
  const ports = new Map<number, Outcome>([[8080, 'open']]);
  for (const [index, outcome] of undeclared.entries()) ports.set(9000 + index, outcome);
  return {
    readySince,
    pod: { uid: 'a', name: 'a', node: 'n' },
    reading: {
      ip: '10.0.0.1',
      startedAt,
      endedAt: startedAt + 500,
      ports,
      counts: NO_COUNTS,
      complete: true,
    },
  };
}

function measuring() {
  const seconds: number[] = [];
  const delay = new EnforcementDelay((each) => seconds.push(each));
  const pods = new Set(['a']);
  return { seconds, delay, pods, read: (...all: TimedReading[]) => delay.read(all, DECLARED) };
}

describe('how long a new pod stays open', () => {
  test('is from its Ready to the beginning of the first round in which all undeclared ports are silent', () => {
    const { seconds, delay, pods, read } = measuring();
    delay.note('locked', pods, LOCKED_AT);
    read(reading(2_000, 2_100, ['open', 'filtered']));
    read(reading(2_000, 3_100, ['refused', 'filtered']));
    expect(seconds).toEqual([]);
    read(reading(2_000, 4_500, ['filtered', 'filtered']));
    read(reading(2_000, 9_000, ['filtered', 'filtered']));
    expect(seconds).toEqual([2.5]);
  });

  test.each<[string, TimedReading]>([
    ['was ready before the policy', reading(999, 5_000, ['filtered'])],
    ['was asked for declared ports alone', reading(2_000, 5_000, [])],
  ])('is not known of one that %s', (_, each) => {
    const { seconds, delay, pods, read } = measuring();
    delay.note('locked', pods, LOCKED_AT);
    read(each);
    expect(seconds).toEqual([]);
  });

  test('is not known without a policy, and counts anew with another one', () => {
    const { seconds, delay, pods, read } = measuring();
    read(reading(2_000, 5_000, ['filtered']));
    delay.note('locked', pods, LOCKED_AT);
    delay.note('open', pods, 2_500);
    read(reading(2_000, 5_000, ['filtered']));
    delay.note('locked', pods, 3_000);
    read(reading(2_000, 5_000, ['filtered']));
    expect(seconds).toEqual([]);
    read(reading(3_000, 5_000, ['filtered']));
    expect(seconds).toEqual([2]);
  });

  test('ends where it is closed at all of its addresses', () => {
    const { seconds, delay, pods, read } = measuring();
    delay.note('locked', pods, LOCKED_AT);
    read(reading(2_000, 2_100, ['filtered']), reading(2_000, 2_200, ['open']));
    read(reading(2_000, 3_000, ['filtered']), reading(2_000, 3_100, ['filtered']));
    expect(seconds).toEqual([1.1]);
  });

  test('is forgotten with the pod', () => {
    const { seconds, delay, pods, read } = measuring();
    delay.note('locked', pods, LOCKED_AT);
    read(reading(2_000, 2_500, ['filtered']));
    delay.note('locked', new Set(), LOCKED_AT);
    read(reading(3_000, 3_500, ['filtered']));
    expect(seconds).toEqual([0.5, 0.5]);
  });
});
