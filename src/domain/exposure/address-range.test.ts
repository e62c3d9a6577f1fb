import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { runs } from '../../testing/property-runs.ts';
import { blockContains } from '../match/ip-block.ts';
import { addressesOfRange, canonicalAddress, isNoHost } from './address-range.ts';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['fd00:0:0::1', 'fd00::1'],
  ['FD00::A', 'fd00::a'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['10.0.0', undefined],
  ['010.0.0.1', undefined],
  ['0x0a000001', undefined],
  ['256.0.0.1', undefined],
  ['fe80::1%eth0', undefined],
  ['web', undefined],
  ['', undefined],
])('%j is the address %s', (text, expected) => {
  expect(canonicalAddress(text)).toBe(expected);
});

test.each([
  ['0.0.0.0', true],
  ['::', true],
  ['224.0.0.1', true],
  ['255.255.255.255', true],
  ['ff02::1', true],
  ['127.0.0.1', false],
  ['10.0.0.1', false],
  ['fd00::1', false],
])('%s is no host: %s', (address, expected) => {
  expect(isNoHost(address)).toBe(expected);
});

describe('the addresses of a range', () => {
  test.each([
    ['10.0.0.6/30', ['10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.7']],
    ['10.0.0.9/32', ['10.0.0.9']],
    ['fd00::/127', ['fd00::', 'fd00::1']],
    ['10.0.255.254/31', ['10.0.255.254', '10.0.255.255']],
  ])('%s', (text, expected) => {
    expect(addressesOfRange(text, 1_024)).toEqual(expected);
  });

  it('are as many as a range may have, and no more', () => {
    expect(addressesOfRange('10.0.0.0/22', 1_024)).toHaveLength(1_024);
    expect(() => addressesOfRange('10.0.0.0/21', 1_024)).toThrow(
      '10.0.0.0/21 has 2,048 addresses: at most 1,024 (/22) can be probed at a time',
    );
    expect(() => addressesOfRange('fd00::/64', 1_024)).toThrow('at most 1,024 (/118)');
    expect(() => addressesOfRange('0.0.0.0/0', 1_024)).toThrow('at most 1,024');
  });

  test.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/a', '/24', 'web/24', 'fd00::/129', '10.0.0.0'])(
    '%j has none',
    (text) => {
      expect(() => addressesOfRange(text, 1_024)).toThrow(RangeError);
    },
  );

  it('are those that policies say are in it', () => {
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6().filter((text) => !text.includes('.')),
    );
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 6 }), (network, free) => {
        const cidr = `${network}/${(network.includes(':') ? 128 : 32) - free}`;
        // An IPv4 address in IPv6 form is another story: such a range is one of IPv4.
        fc.pre(canonicalAddress(network)?.includes(':') === network.includes(':'));
        const addresses = addressesOfRange(cidr, 64);
        expect(new Set(addresses).size).toBe(2 ** free);
        for (const each of addresses) expect(blockContains({ cidr }, each)).toBe(true);
      }),
      runs(40),
    );
  });
});
