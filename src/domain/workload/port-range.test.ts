import { expect, test } from 'vitest';
import {
  byRange,
  isCovered,
  isInRange,
  type PortRange,
  portsOfRange,
  rangeKey,
  rangeOf,
  startsWithin,
} from './port-range.ts';

const tcp = (first: number, last = first): PortRange => ({ first, last, protocol: 'TCP' });
const udp = (first: number, last = first): PortRange => ({ first, last, protocol: 'UDP' });

test('a port is a range of one, and a range is itself', () => {
  expect(rangeOf({ port: 80, protocol: 'TCP' })).toEqual(tcp(80));
  const range = udp(5, 9);
  expect(rangeOf(range)).toBe(range);
});

test.each<[number | string, string, boolean]>([
  [4, 'TCP', false],
  [5, 'TCP', true],
  [9, 'TCP', true],
  [10, 'TCP', false],
  [7, 'UDP', false],
  ['7', 'TCP', false],
])('%j over %s in 5-9/TCP: %s', (port, protocol, expected) => {
  expect(isInRange(tcp(5, 9), { port, protocol })).toBe(expected);
});

test('the ports of a range are all from the first to the last', () => {
  expect(portsOfRange(udp(5, 7)).map(({ port }) => port)).toEqual([5, 6, 7]);
  expect(portsOfRange(udp(5))).toEqual([{ port: 5, protocol: 'UDP' }]);
});

test.each<[string, PortRange, PortRange[], boolean]>([
  ['itself', tcp(5, 9), [tcp(5, 9)], true],
  ['a wider one', tcp(5, 9), [tcp(1, 10)], true],
  ['two that meet', tcp(5, 9), [tcp(8, 12), tcp(1, 7)], true],
  ['two with a gap', tcp(5, 9), [tcp(8, 12), tcp(1, 6)], false],
  ['one that begins later', tcp(5, 9), [tcp(6, 9)], false],
  ['one that ends sooner', tcp(5, 9), [tcp(5, 8)], false],
  ['one of another protocol', tcp(5, 9), [udp(5, 9)], false],
  ['nothing', tcp(5), [], false],
  ['a single port by a range', tcp(5), [tcp(1, 9)], true],
])('a range is covered by %s, or not', (_what, range, others, expected) => {
  expect(isCovered(range, others)).toBe(expected);
});

test.each<[PortRange, PortRange[], number[]]>([
  [tcp(5, 9), [], [5]],
  [tcp(5, 9), [tcp(7, 8)], [5, 7, 9]],
  [tcp(5, 9), [tcp(1, 4), tcp(10, 12)], [5]],
  [tcp(5, 9), [tcp(1, 5), tcp(9)], [5, 6, 9]],
  [tcp(5, 9), [tcp(7), tcp(7, 20)], [5, 7, 8]],
  [tcp(5, 9), [udp(7)], [5]],
  [tcp(5), [tcp(1, 9)], [5]],
])('%j is told apart by %j at %j', (range, others, starts) => {
  const found = startsWithin(range, others);
  expect(found.map(({ port }) => port).sort((a, b) => a - b)).toEqual(starts);
});

test('a range is written with both ends, a single port with one', () => {
  expect(rangeKey(udp(50_100, 50_200))).toBe('50100-50200/UDP');
  expect(rangeKey(udp(53))).toBe('53/UDP');
});

test('ranges are ordered by the first port, the last, and the protocol', () => {
  const sorted = [
    tcp(1, 2),
    { ...tcp(1, 3), protocol: 'SCTP' as const },
    tcp(1, 3),
    udp(1, 3),
    tcp(2),
  ];
  expect(sorted.toReversed().sort(byRange)).toEqual(sorted);
  expect(byRange(tcp(1), tcp(1))).toBe(0);
});
