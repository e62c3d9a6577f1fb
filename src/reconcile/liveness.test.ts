import { expect, test } from 'vitest';
import { areRenewed } from './liveness.ts';

test.each([
  ['neither lease is held', undefined, undefined, true],
  ['both are renewed', 2, 14, true],
  ['that of the leader hangs', 36, 2, false],
  ['that of the replica itself hangs', 2, 36, false],
  ['a follower’s own hangs', undefined, 36, false],
])('%s', (_what, leader, member, alive) => {
  const electors = [leader, member].map((secondsSinceRenewal) => ({ secondsSinceRenewal }));
  expect(areRenewed(electors)).toBe(alive);
});
