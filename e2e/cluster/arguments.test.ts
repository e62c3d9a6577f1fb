import { describe, expect, it } from 'vitest';

import { parseDownArguments, parseUpArguments, UsageError } from './arguments.ts';

describe('the arguments of up', () => {
  it('default to two nodes with Cilium and IPv4', () => {
    expect(parseUpArguments([])).toEqual({ network: 'cilium', nodes: 2, families: 'ipv4' });
  });

  it('choose the network and the number of nodes', () => {
    const expected = { network: 'ptp', nodes: 1, families: 'ipv4' };
    expect(parseUpArguments(['--network', 'ptp', '--nodes', '1'])).toEqual(expected);
    expect(parseUpArguments(['--nodes=1', '--network=ptp'])).toEqual(expected);
  });

  it('choose the IP families', () => {
    expect(parseUpArguments(['--families', 'ipv4,ipv6'])).toMatchObject({ families: 'ipv4,ipv6' });
  });

  it.each([
    [['--network', 'calico'], "--network is cilium or ptp or none, not 'calico'."],
    [['--nodes', '3'], "--nodes is 1 or 2, not '3'."],
    [['--nodes', '01'], "--nodes is 1 or 2, not '01'."],
    [['--nodes', ''], "--nodes is 1 or 2, not ''."],
    [['--families', 'ipv6'], "--families is ipv4 or ipv4,ipv6, not 'ipv6'."],
    [['--families', 'ipv6,ipv4'], "--families is ipv4 or ipv4,ipv6, not 'ipv6,ipv4'."],
    [['--families', 'ipv4, ipv6'], "--families is ipv4 or ipv4,ipv6, not 'ipv4, ipv6'."],
    [['--families', ''], "--families is ipv4 or ipv4,ipv6, not ''."],
  ])('are refused with one line that names what is possible: %j', (args, line) => {
    expect(() => parseUpArguments(args)).toThrow(new UsageError(line));
  });

  it.each([[['--nework', 'ptp']], [['--network']], [['ptp']], [['-n', '2']]])(
    'are refused with one line where they are not options: %j',
    (args) => {
      expect(() => parseUpArguments(args)).toThrow(UsageError);
      expect(() => parseUpArguments(args)).toThrow(/^[^\n]+$/);
    },
  );
});

describe('the arguments of down', () => {
  it('are none', () => {
    expect(() => parseDownArguments([])).not.toThrow();
    expect(() => parseDownArguments(['--force'])).toThrow(UsageError);
  });
});
