import { describe, expect, test } from 'vitest';
import { WELL_KNOWN_PORTS } from '../../domain/probing/well-known-ports.ts';
import { auditedWith } from '../../testing/audited-workload.ts';
import { pod, port, workload } from '../../testing/builders.ts';
import { peerArguments } from './ask-from-peer.ts';
import type { Inside } from './look-inside.ts';
import { mayBeProbed, orderOf } from './probe-order.ts';
import type { Subject } from './subjects.ts';

function subject(
  fields: Parameters<typeof pod>[0] = {},
  annotations: Record<string, string> = {},
): Subject {
  const { template } = workload();
  const web = workload({
    annotations,
    template: { ...template, ports: [port(8080), port(80), port(53, 'UDP')] },
  });
  return { audited: auditedWith({ workload: web }), pod: pod(fields) };
}

/** What listens inside, by address. */
function inside(...heard: readonly [address: string, port: number][]): Inside {
  const listening = heard.map(([address, number]) => ({
    address,
    port: number,
    container: 'app',
    process: '',
    image: '',
    declared: false,
  }));
  return { listening, connected: [], doubts: [] };
}

describe('a pod may be connected to', () => {
  test.each<[string, Subject, boolean]>([
    ['whose owner says nothing', subject(), true],
    ['whose owner allows it', subject({}, { 'portlock.dev/probe': 'on' }), true],
    ['whose owner forbids it', subject({}, { 'portlock.dev/probe': 'off' }), false],
    ['on the network of its node', subject({ hostNetwork: true }), false],
  ])('%s: %s', (_which, each, expected) => {
    expect(mayBeProbed(each)).toBe(expected);
  });
});

describe('is asked for', () => {
  test('well-known ports everywhere, and at each address what is declared over TCP', () => {
    const order = orderOf([subject({ ips: ['10.0.0.1', 'fd00::1'] })], new Map(), undefined, 300);
    expect(order).toEqual({
      common: WELL_KNOWN_PORTS,
      addresses: new Map([
        ['10.0.0.1', [80, 8080]],
        ['fd00::1', [80, 8080]],
      ]),
      rate: 300,
    });
  });

  test('what listens inside, each once, and not what only the pod itself reaches', () => {
    const web = subject();
    const heard = inside(
      ['0.0.0.0', 9090],
      ['::', 22],
      ['127.0.0.1', 6060],
      ['::1', 6061],
      ['::', 8080],
    );
    const { addresses } = orderOf([web], new Map([[web, heard]]), undefined, 0);
    expect(addresses.get('10.0.0.1')).toEqual([22, 80, 8080, 9090]);
  });

  test('what listens in a pod at its own addresses alone', () => {
    const [a, b] = [subject({ ips: ['10.0.0.1'] }), subject({ ips: ['10.0.0.2'] })];
    const { addresses } = orderOf([a, b], new Map([[a, inside(['::', 9090])]]), undefined, 0);
    expect([...addresses.values()]).toEqual([
      [80, 8080, 9090],
      [80, 8080],
    ]);
  });

  test('what the user names, and no more', () => {
    const web = subject();
    const order = orderOf([web], new Map([[web, inside(['::', 9090])]]), [7], 5);
    expect(order).toEqual({ common: [7], addresses: new Map([['10.0.0.1', []]]), rate: 5 });
  });
});

test('the pod that asks is told all of that in its arguments', () => {
  const addresses = new Map([
    ['10.0.0.1', [80, 8080]],
    ['fd00::1', []],
  ]);
  expect(peerArguments({ common: [7, 9], addresses, rate: 5 })).toEqual(
    '--rate 5 --common 7,9 --ask 10.0.0.1=80,8080 --ask fd00::1'.split(' '),
  );
  expect(peerArguments({ common: 'all', addresses: new Map(), rate: 0 })).toEqual(
    '--rate 0 --common all'.split(' '),
  );
});
