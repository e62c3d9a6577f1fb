import { expect, test } from 'vitest';
import { compareText } from './compare-text.ts';

test('texts are ordered alike on every machine: by code units, whatever its language', () => {
  const given = ['b', 'ä', 'a', 'B', 'a10', 'a9', '', 'z'];
  expect(given.toSorted(compareText)).toEqual(['', 'B', 'a', 'a10', 'a9', 'b', 'z', 'ä']);
});

test.each<[string, string, number]>([
  ['a', 'b', -1],
  ['b', 'a', 1],
  ['a', 'a', 0],
])('"%s" to "%s" is %d', (a, b, order) => {
  expect(compareText(a, b)).toBe(order);
});
