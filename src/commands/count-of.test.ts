import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../testing/property-runs.ts';
import { countOf, countOfFindings } from './count-of.ts';

test.each([
  [0, '0 ports'],
  [1, '1 port'],
  [999, '999 ports'],
  [65_535, '65,535 ports'],
])('%d is counted as "%s"', (number, words) => {
  expect(countOf(number, 'port')).toBe(words);
});

test('thousands are parted as Intl parts them', () => {
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (number) => {
      expect(countOf(number, 'policy', 'policies')).toContain(number.toLocaleString('en'));
    }),
    runs(100),
  );
});

test('notes are no findings', () => {
  expect(countOfFindings(1, 2)).toBe('1 finding, 2 notes');
});
