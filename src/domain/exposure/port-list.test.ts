import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parsePortList } from './port-list.ts';

describe('a list of ports', () => {
  test.each([
    ['all', 'all'],
    ['8080', [8080]],
    ['8080,9000-9002', [8080, 9000, 9001, 9002]],
    [' 443, 80 ', [80, 443]],
    ['80,80,79-81', [79, 80, 81]],
    ['1-1', [1]],
    ['65535', [65_535]],
  ])('%s', (text, expected) => {
    expect(parsePortList(text)).toEqual(expected);
  });

  test.each(['', ',', '0', '65536', '9-8', '80-', '-80', '8o8o', '80 81', '1.5', 'http', '1-2-3'])(
    'not %j',
    (text) => {
      expect(() => parsePortList(text)).toThrow(RangeError);
    },
  );

  it('is sorted and unique, whatever the ranges', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const range = fc.tuple(port, fc.integer({ min: 0, max: 50 })).map(([from, more]) => ({
      from,
      to: Math.min(65_535, from + more),
    }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 8 }), (ranges) => {
        const text = ranges.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(',');
        const ports = parsePortList(text) as number[];
        expect(ports).toEqual([...new Set(ports)].sort((a, b) => a - b));
        for (const candidate of [...ports, 1, 65_535])
          expect(ports.includes(candidate)).toBe(
            ranges.some(({ from, to }) => from <= candidate && candidate <= to),
          );
      }),
    );
  });

  it('with everything in it has 65,535 ports', () => {
    expect(parsePortList('1-65535')).toHaveLength(65_535);
  });
});
