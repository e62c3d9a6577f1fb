import { expect, test } from 'vitest';
import { type Situation, VERDICT_TABLE, verdictOf } from './verdict-table.ts';

const ALL: Situation[] = [true, false].flatMap((declared) =>
  (['Allowed', 'Denied', 'Unknown'] as const).flatMap((expected) =>
    (['Open', 'Refused', 'Filtered', 'Unknown'] as const).flatMap((observed) =>
      (['Dropped', 'Rejected', 'NotEnforced', 'Unknown'] as const).map((calibration) => ({
        declared,
        expected,
        observed,
        calibration,
      })),
    ),
  ),
);

test('every situation has a verdict, and every line is somebody’s', () => {
  const used = new Set(ALL.map(verdictOf));
  expect(VERDICT_TABLE.filter((rule) => !used.has(rule))).toEqual([]);
});

test('where denials are refusals, or nobody knows, a refusal proves nothing', () => {
  for (const situation of ALL) {
    if (situation.observed !== 'Refused') continue;
    if (situation.calibration === 'Dropped' || situation.calibration === 'NotEnforced') continue;
    expect(verdictOf(situation).finding).toBeUndefined();
  }
});

test('only a connection makes an undeclared port reachable, and it always does', () => {
  for (const situation of ALL) {
    const isReached = !situation.declared && situation.observed === 'Open';
    expect(verdictOf(situation).finding === 'UndeclaredReachable').toBe(isReached);
  }
});
