import { expect, test } from 'vitest';
import { familiesOf, familyOf, type IpFamily } from './ip-family.ts';

test.each<[string, IpFamily]>([
  ['10.0.0.1', 'IPv4'],
  ['fd00::1', 'IPv6'],
  ['::', 'IPv6'],
])('%s is an address of %s', (address, family) => {
  expect(familyOf(address)).toBe(family);
});

test.each<[string[], IpFamily[]]>([
  [[], []],
  [['10.0.0.1', '10.0.0.2'], ['IPv4']],
  [['fd00::1'], ['IPv6']],
  [
    ['fd00::1', '10.0.0.1', 'fd00::2'],
    ['IPv4', 'IPv6'],
  ],
])('families of %j are each named once, IPv4 first: %j', (addresses, families) => {
  expect(familiesOf(addresses)).toEqual(families);
});
