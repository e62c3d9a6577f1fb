import { expect, test } from 'vitest';
import { earliest } from './earliest.ts';

test.each([
  [[], undefined],
  [[undefined, undefined], undefined],
  [[7, undefined], 7],
  [[7, 0, 9], 0],
])('of %j it is %s', (times, expected) => {
  expect(earliest(...times)).toBe(expected);
});
