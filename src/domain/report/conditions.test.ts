import { describe, expect, test } from 'vitest';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { NOW } from '../../testing/builders.ts';
import { timestamp } from '../text/time.ts';
import { buildConditions, type ConditionType, conditionOf } from './conditions.ts';
import { type ConditionVerdict, no, unknown, yes } from './verdict.ts';

const TYPES: ConditionType[] = [
  'Ready',
  'Reconciling',
  'Stalled',
  'PolicyInSync',
  'PreflightPassed',
  'EnforcementVerified',
  'DriftDetected',
];

/** The same verdict of every type, but for those that are named. */
function verdicts(
  all: ConditionVerdict,
  fields: Partial<Record<ConditionType, ConditionVerdict>> = {},
) {
  const same = Object.fromEntries(TYPES.map((type) => [type, all]));
  return { ...same, ...fields } as Record<ConditionType, ConditionVerdict>;
}

function reportWith(conditions: ReturnType<typeof buildConditions>): PortExposureReport {
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    status: { conditions },
  };
}

test('all conditions are said in one order', () => {
  const built = buildConditions(verdicts(yes('Handled', 'Done')), undefined, NOW);
  expect(built).toEqual(
    TYPES.map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: timestamp(NOW),
      reason: 'Handled',
      message: 'Done',
    })),
  );
});

test('what is not abnormal is not there, and gets a new time when it comes', () => {
  const { Stalled: _, ...usual } = verdicts(yes('Handled', 'Done'));
  const before = buildConditions(usual, undefined, NOW - 60_000);
  expect(before.map(({ type }) => type)).toEqual(TYPES.filter((type) => type !== 'Stalled'));
  const stalled = verdicts(yes('Handled', 'Done'));
  const after = reportWith(buildConditions(stalled, reportWith(before), NOW));
  expect(conditionOf(after, 'Stalled')?.lastTransitionTime).toBe(timestamp(NOW));
});

describe('the time of a transition changes exactly when the status does', () => {
  /** The times of DriftDetected as these verdicts follow each other, a minute apart. */
  function transitions(...all: ConditionVerdict[]) {
    let report: PortExposureReport | undefined;
    return all.map((verdict, minute) => {
      const now = NOW + minute * 60_000;
      const next = verdicts(yes('Handled', 'Done'), { DriftDetected: verdict });
      report = reportWith(buildConditions(next, report, now));
      const { lastTransitionTime = '' } = conditionOf(report, 'DriftDetected') ?? {};
      return (Date.parse(lastTransitionTime) - NOW) / 60_000;
    });
  }

  test.each<[string, number[], ConditionVerdict[]]>([
    ['the same again', [0, 0], [no('NoDrift', 'a'), no('NoDrift', 'a')]],
    ['another message', [0, 0], [no('NoDrift', 'a'), no('NoDrift', 'b')]],
    ['another reason', [0, 0], [no('NoDrift', 'a'), no('Other', 'a')]],
    ['a flip', [0, 1, 1], [no('A', 'a'), yes('B', 'b'), yes('B', 'b')]],
    [
      'a flip and a flip back',
      [0, 1, 2, 2],
      [no('A', 'a'), yes('B', 'b'), no('A', 'a'), no('A', 'a')],
    ],
    ['not to know, and to know again', [0, 1, 2], [no('A', 'a'), unknown('C', 'c'), no('A', 'a')]],
  ])('%s: %j', (_what, times, all) => {
    expect(transitions(...all)).toEqual(times);
  });

  test('of that condition alone', () => {
    const before = reportWith(buildConditions(verdicts(no('A', 'a')), undefined, NOW - 60_000));
    const flipped = verdicts(no('A', 'a'), { Ready: yes('B', 'b') });
    const [ready, reconciling] = buildConditions(flipped, before, NOW);
    expect(ready?.lastTransitionTime).toBe(timestamp(NOW));
    expect(reconciling?.lastTransitionTime).toBe(timestamp(NOW - 60_000));
  });
});

test('a message is fit to be shown, and as long as the definition allows', () => {
  const long = no('A', `\u001b${'x'.repeat(40_000)}`);
  const [first] = buildConditions(verdicts(long), undefined, NOW);
  expect(first?.message).toHaveLength(32_768);
  expect(first?.message.startsWith('\\x1bx')).toBe(true);
});

test('of a report without conditions, a status, or at all, there is none', () => {
  const report = reportWith([]);
  const { conditions: _, ...bare } = report.status ?? {};
  const { status: _status, ...noStatus } = report;
  for (const each of [undefined, report, { ...report, status: bare }, noStatus])
    expect(conditionOf(each, 'Ready')).toBeUndefined();
});
