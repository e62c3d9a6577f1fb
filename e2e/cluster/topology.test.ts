import { expect, it } from 'vitest';

import { inEachFamily, nodeAddresses, rangesOf } from './topology.ts';

it('gives nodes addresses of IPv4 alone, or of IPv4 and then IPv6', () => {
  const [first, second] = nodeAddresses(2, 'ipv4,ipv6');
  expect(inEachFamily(first, ({ address }) => address)).toBe('172.31.255.1,fd31:255::1');
  expect(second && inEachFamily(second, ({ pods }) => pods)).toBe(
    '10.244.1.0/24,fd10:244:0:2::/64',
  );
  const [alone, none] = nodeAddresses(1, 'ipv4');
  expect(inEachFamily(alone, ({ address }) => address)).toBe('172.31.255.1');
  expect(none).toBeUndefined();
});

it('has ranges in the order of the families', () => {
  expect(rangesOf('ipv4').map(({ family }) => family)).toEqual(['ipv4']);
  expect(rangesOf('ipv4,ipv6').map(({ family }) => family)).toEqual(['ipv4', 'ipv6']);
});
