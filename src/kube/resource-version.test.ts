import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareResourceVersions } from './resource-version.ts';

it('orders integers of any size as BigInt does', () => {
  const integer = fc.bigInt({ min: 0n, max: 2n ** 80n });
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      const order = compareResourceVersions(String(a), String(b)) ?? Number.NaN;
      expect(Math.sign(order)).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

it('does not lose digits that a JavaScript number cannot hold', () => {
  expect(compareResourceVersions('9007199254740993', '9007199254740992')).toBeGreaterThan(0);
});

it.each(['', '01', '-1', '1.5', 'abc', '1e3'])('says nothing about %j', (other) => {
  expect(compareResourceVersions('1', other)).toBeUndefined();
  expect(compareResourceVersions(other, '1')).toBeUndefined();
});
