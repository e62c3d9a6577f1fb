import { describe, expect, test } from 'vitest';
import { NOW } from '../../testing/builders.ts';
import {
  type Calibration,
  type CalibrationProgress,
  type CalibrationState,
  type CanaryReading,
  calibrate,
  calibrationFor,
  isCalibrated,
  NOT_YET,
  uncalibrated,
} from './calibration.ts';
import type { Outcome } from './reading.ts';

const BETWEEN = { fromNode: 'node-1', toNode: 'node-2' };

function canary(outcome: Outcome, fields: Partial<CanaryReading> = {}): CanaryReading {
  return { canary: outcome, control: 'open', young: false, ...fields };
}

/** What is known after these readings, a second apart. */
function read(
  rounds: readonly (CanaryReading | readonly CanaryReading[])[],
  from?: CalibrationProgress,
): CalibrationProgress {
  let progress = from;
  let now = NOW;
  for (const round of rounds) {
    progress = calibrate(progress, [round].flat(), BETWEEN, now);
    now += 1000;
  }
  if (!progress) throw new Error('no rounds');
  return progress;
}

const stateAfter = (...rounds: Parameters<typeof read>[0]) => read(rounds).calibration.state;

const OPEN = canary('open');
const REFUSED = canary('refused');
const DROPPED = canary('filtered');
const YOUNG = canary('open', { young: true });

describe('what denied connections look like', () => {
  test.each<[string, CalibrationState, CanaryReading[]]>([
    ['silence counts at once', 'Dropped', [DROPPED]],
    ['silence of a young pod, too', 'Dropped', [canary('filtered', { young: true })]],
    ['one connection does not count', 'Unknown', [OPEN]],
    ['nor do two', 'Unknown', [OPEN, OPEN]],
    ['three do', 'NotEnforced', [OPEN, OPEN, OPEN]],
    ['two refusals do not count', 'Unknown', [REFUSED, REFUSED]],
    ['three do, too', 'Rejected', [REFUSED, REFUSED, REFUSED]],
    ['three that are not the same do not', 'Unknown', [OPEN, REFUSED, OPEN]],
    ['nor do three with another between them', 'Unknown', [OPEN, OPEN, REFUSED, OPEN]],
    ['bad news of young pods does not count', 'Unknown', [YOUNG, YOUNG, YOUNG]],
    ['nor does it break the row', 'NotEnforced', [OPEN, OPEN, YOUNG, OPEN]],
    ['bad news does not take silence back at once', 'Dropped', [DROPPED, OPEN, OPEN]],
    ['but when it was read three times', 'NotEnforced', [DROPPED, OPEN, OPEN, OPEN]],
    ['silence takes bad news back at once', 'Dropped', [OPEN, OPEN, OPEN, DROPPED]],
  ])('%s: %s', (_what, state, rounds) => {
    expect(stateAfter(...rounds)).toBe(state);
  });

  test.each<Outcome>(['refused', 'filtered', 'unreachable', 'error'])(
    'nothing counts while the allowed port is %s',
    (control) => {
      for (const outcome of ['filtered', 'refused', 'open'] as const) {
        const reading = canary(outcome, { control });
        expect(stateAfter(reading, reading)).toBe('Unknown');
        expect(read([reading]).latest).toBe('Unknown');
      }
    },
  );

  test.each<Outcome>(['unreachable', 'error'])('nor does a canary that is %s', (outcome) => {
    expect(read([canary(outcome), canary(outcome)]).latest).toBe('Unknown');
  });

  test('three readings without an answer take back what was known', () => {
    const blind = canary('filtered', { control: 'filtered' });
    expect(stateAfter(DROPPED, blind, blind)).toBe('Dropped');
    expect(stateAfter(DROPPED, blind, blind, blind)).toBe('Unknown');
    expect(read([DROPPED, blind, blind, blind]).calibration.message).toContain(
      'cannot reach each other',
    );
  });

  test.each<[string, CalibrationState, CanaryReading[]]>([
    ['a connection', 'NotEnforced', [DROPPED, OPEN, REFUSED]],
    ['a refusal', 'Rejected', [DROPPED, REFUSED]],
    ['silence', 'Dropped', [DROPPED, canary('error')]],
    ['nothing', 'Unknown', []],
  ])('of several addresses the worst counts: %s', (_what, state, addresses) => {
    expect(stateAfter(addresses, addresses, addresses)).toBe(state);
  });

  test('the worst counts where any address that shows it is not young', () => {
    const addresses = [YOUNG, OPEN];
    expect(stateAfter(addresses, addresses, addresses)).toBe('NotEnforced');
    const others = [YOUNG, DROPPED];
    expect(stateAfter(others, others, others)).toBe('Unknown');
  });

  test('since when it is so, between which nodes, and in words', () => {
    expect(read([OPEN])).toEqual({
      calibration: { state: 'Unknown', message: NOT_YET, between: BETWEEN, since: 0 },
      latest: 'NotEnforced',
      streak: 1,
      readAt: NOW,
    });
    const { calibration, readAt } = read([OPEN, OPEN, OPEN, OPEN]);
    expect(calibration).toEqual({
      state: 'NotEnforced',
      message: expect.stringContaining('does not enforce NetworkPolicies'),
      between: BETWEEN,
      since: NOW + 2000,
    });
    expect(readAt).toBe(NOW + 3000);
    expect(read([DROPPED]).calibration.message).toContain('gets no answer');
    expect(read([REFUSED, REFUSED, REFUSED]).calibration.message).toContain('is refused');
  });
});

test.each<[string, boolean, CanaryReading[]]>([
  ['silence', true, [DROPPED]],
  ['one connection', false, [OPEN]],
  ['three connections', true, [OPEN, OPEN, OPEN]],
  ['silence, and then a connection', false, [DROPPED, OPEN]],
  ['no answer at all', false, [canary('error'), canary('error'), canary('error')]],
])('after %s there is nothing to repeat soon: %s', (_what, isDone, rounds) => {
  expect(isCalibrated(read(rounds))).toBe(isDone);
});

describe('the calibration that counts', () => {
  function towards(toNode: string, state: CalibrationState): Calibration {
    return { state, message: state, between: { fromNode: 'node-1', toNode }, since: 0 };
  }
  const dropped = towards('a', 'Dropped');
  const rejected = towards('b', 'Rejected');
  const open = towards('c', 'NotEnforced');
  const unknown = uncalibrated('one replica');

  test.each<[string, Calibration, string[], Calibration[]]>([
    ['of a node is its own', dropped, ['a'], [open, rejected, dropped]],
    ['of several nodes is the most cautious', rejected, ['a', 'b'], [dropped, rejected, open]],
    ['of a node without one is the most cautious of all', open, ['d'], [dropped, rejected, open]],
    ['of these and those, too', open, ['a', 'd'], [dropped, open]],
    ['without a pod is the most cautious of all', open, [], [dropped, open, rejected]],
    ['is a connection before nothing', open, [], [unknown, open]],
    ['is nothing before a refusal', unknown, [], [rejected, unknown]],
    ['is a refusal before silence', rejected, [], [dropped, rejected]],
    ['of equals is that of the first node', dropped, [], [towards('b', 'Dropped'), dropped]],
    [
      'of equals is that of the first node, in whatever order',
      dropped,
      [],
      [dropped, towards('b', 'Dropped')],
    ],
    ['of equals is the one without a node', unknown, [], [towards('b', 'Unknown'), unknown]],
  ])('%s', (_what, expected, nodes, all) => {
    expect(calibrationFor(all, nodes)).toBe(expected);
  });

  test('is that nothing was measured yet, where there is none', () => {
    expect(calibrationFor([], ['a'])).toEqual(uncalibrated(NOT_YET));
    expect(uncalibrated('why')).toEqual({
      state: 'Unknown',
      message: 'why',
      between: undefined,
      since: 0,
    });
    expect(NOT_YET).toContain('has not been measured yet');
  });
});
