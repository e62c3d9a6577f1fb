import fc from 'fast-check';
import { expect, test } from 'vitest';
import { likeliestFirst } from './likely-ports.ts';
import { WELL_KNOWN_PORTS } from './well-known-ports.ts';

const ALL = Uint16Array.from({ length: 65_535 }, (_, index) => index + 1);

test('what is declared comes first, then what is well known, what is beside it, what is common, and the rest', () => {
  const order = [...likeliestFirst(ALL, [41_000])];
  const where = (port: number) => order.indexOf(port);
  expect(where(41_000)).toBe(0);
  expect(Math.max(...WELL_KNOWN_PORTS.map(where))).toBe(WELL_KNOWN_PORTS.length);
  expect([where(40_999), where(41_001)]).toEqual([1, 2].map((at) => WELL_KNOWN_PORTS.length + at));
  for (const common of [1, 3333, 5999, 9998]) expect(where(common)).toBeLessThan(7_000);
  expect(order.at(-1)).toBe(65_535);
});

test('every port comes once, whatever is expected', () => {
  const port = fc.integer({ min: 1, max: 65_535 });
  fc.assert(
    fc.property(fc.uniqueArray(port, { maxLength: 50 }), fc.array(port), (ports, expected) => {
      const ordered = likeliestFirst(ports, expected);
      expect([...ordered].sort()).toEqual([...ports].sort());
    }),
  );
});
