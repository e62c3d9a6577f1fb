import { expect, test } from 'vitest';
import { blockContains, blockFamily } from './ip-block.ts';

test.each<[cidr: string, except: string[], ip: string, contained: boolean]>([
  ['10.0.0.0/8', [], '10.255.255.255', true],
  ['10.0.0.0/8', [], '11.0.0.0', false],
  ['10.0.0.7/8', [], '10.1.2.3', true],
  ['10.0.0.7/32', [], '10.0.0.7', true],
  ['0.0.0.0/0', [], '192.0.2.1', true],
  ['0.0.0.0/0', [], '2001:db8::1', false],
  ['::/0', [], '2001:db8::1', true],
  ['::/0', [], '10.0.0.1', false],
  ['2001:db8::/64', [], '2001:DB8:0:0::1', true],
  ['2001:db8::/64', ['2001:db8::/120'], '2001:db8::1', false],
  ['10.0.0.0/8', ['10.1.0.0/16'], '10.1.2.3', false],
  ['10.0.0.0/8', ['10.1.0.0/16'], '10.2.2.3', true],
  ['10.0.0.0/8', ['10.0.0.0/8'], '10.2.2.3', false],
  // An exception outside of the block, of the other family, or that nobody can read.
  ['10.0.0.0/8', ['192.168.0.0/16'], '10.1.2.3', true],
  ['10.0.0.0/8', ['::/0'], '10.1.2.3', true],
  ['10.0.0.0/8', ['10.1.0.0', 'ten', ''], '10.1.2.3', true],
  // IPv4 in IPv6 form.
  ['10.0.0.0/8', [], '::ffff:10.1.2.3', true],
  ['10.0.0.0/8', [], '::ffff:a01:203', true],
  ['::ffff:10.0.0.0/104', [], '10.1.2.3', true],
  ['::ffff:10.0.0.0/104', [], '11.1.2.3', false],
  ['::ffff:10.0.0.0/104', [], '::ffff:10.1.2.3', true],
  ['::/0', [], '::ffff:10.1.2.3', false],
  ['::ffff:0:0/95', [], '10.1.2.3', false],
  // Leading zeros are decimal.
  ['010.0.0.0/8', [], '10.1.2.3', true],
  ['010.0.0.0/8', [], '8.1.2.3', false],
  ['10.0.0.0/8', [], '10.001.002.003', true],
  // What cannot be read contains nothing.
  ['10.0.0.0', [], '10.0.0.0', false],
  ['10/8', [], '10.1.2.3', false],
  ['10.0.0.0/33', [], '10.0.0.0', false],
  ['10.0.0.0/-1', [], '10.0.0.0', false],
  ['0x0a.0.0.0/8', [], '10.0.0.0', false],
  ['::/129', [], '::1', false],
  ['', [], '10.0.0.0', false],
  ['10.0.0.0/8', [], '', false],
  ['10.0.0.0/8', [], '10.0.0', false],
  ['10.0.0.0/8', [], '10.0.0.256', false],
])('%s except %j, %s: %s', (cidr, except, ip, contained) => {
  expect(blockContains({ cidr, except }, ip)).toBe(contained);
});

test.each<[cidr: string, family: string | undefined]>([
  ['10.0.0.0/8', 'IPv4'],
  ['::ffff:10.0.0.0/96', 'IPv4'],
  ['::ffff:10.0.0.0/95', 'IPv6'],
  ['2001:db8::/64', 'IPv6'],
  ['10.0.0.0', undefined],
])('the addresses of %s are of %s', (cidr, family) => {
  expect(blockFamily({ cidr })).toBe(family);
});

test('a block of fields that are null or absent', () => {
  expect(blockContains({} as never, '10.0.0.1')).toBe(false);
  expect(blockContains({ cidr: null, except: null } as never, '10.0.0.1')).toBe(false);
  expect(blockContains({ cidr: '10.0.0.0/8', except: null } as never, '10.0.0.1')).toBe(true);
  expect(blockContains({ cidr: '10.0.0.0/8', except: [null] } as never, '10.0.0.1')).toBe(true);
});
