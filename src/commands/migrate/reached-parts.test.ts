import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { policy } from '../../testing/builders.ts';
import { reachedParts, sourcesOfReach } from './reached-parts.ts';

type Rule = NonNullable<NetworkPolicy['spec']['ingress']>[number];
const FROM_A = [{ podSelector: { matchLabels: { role: 'a' } } }];

const TARGET = { namespace: 'shop', namespaceLabels: {}, labels: { app: 'web' }, ports: [] };

/** `first-last/protocol whom` of each part, `all` for everybody. */
function parts(...policies: readonly NetworkPolicy[]): string[] {
  return reachedParts(policies, TARGET).map(
    ({ first, last, protocol, reach }) =>
      `${first}-${last}/${protocol} ${reach === 'everybody' ? 'all' : reach.length}`,
  );
}

const letting = (...ingress: Rule[]) => policy('p', { ingress });
const ALL = ['1-65535/TCP all', '1-65535/UDP all', '1-65535/SCTP all'];

describe('policies let in', () => {
  test.each<[string, NetworkPolicy[], string[]]>([
    ['nobody, where no rule is', [letting()], []],
    ['everybody to all, by a rule about nothing', [letting({})], ALL],
    ['everybody to a port', [letting({ ports: [{ port: 80 }] })], ['80-80/TCP all']],
    [
      'to the first and the last port',
      [letting({ ports: [{ port: 1 }, { port: 65_535 }] })],
      ['1-1/TCP all', '65535-65535/TCP all'],
    ],
    ['to a range', [letting({ ports: [{ port: 80, endPort: 90 }] })], ['80-90/TCP all']],
    [
      'to a port of each protocol',
      [letting({ ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] })],
      ['53-53/TCP all', '53-53/UDP all'],
    ],
    [
      'some to all',
      [letting({ from: FROM_A })],
      ['1-65535/TCP 1', '1-65535/UDP 1', '1-65535/SCTP 1'],
    ],
    [
      'some, and everybody to a port among these',
      [letting({ from: FROM_A, ports: [{ port: 80, endPort: 90 }] }, { ports: [{ port: 85 }] })],
      ['80-84/TCP 1', '85-85/TCP all', '86-90/TCP 1'],
    ],
    [
      'what any of several lets in',
      [letting({ ports: [{ port: 80 }] }), policy('q', { ingress: [{ ports: [{ port: 81 }] }] })],
      ['80-81/TCP all'],
    ],
  ])('%s', (_what, policies, expected) => {
    expect(parts(...policies)).toEqual(expected);
  });
});

describe('to let them in, allow-from names', () => {
  const inNamespace = (labels: Record<string, string>, matchExpressions?: object[]) =>
    ({
      namespaceSelector: { matchLabels: labels, ...(matchExpressions && { matchExpressions }) },
    }) as Rule['from'] extends (infer P)[] | undefined ? P : never;
  const NAME = 'kubernetes.io/metadata.name';
  test.each<[string, Parameters<typeof sourcesOfReach>[0], readonly string[]]>([
    ['any for everybody', 'everybody', ['any']],
    ['the own namespace for pods of it', FROM_A, ['same-namespace']],
    ['the own namespace for all of its pods', [{ podSelector: {} }], ['same-namespace']],
    ['a namespace by its name', [inNamespace({ [NAME]: 'bank' })], ['namespace/bank']],
    ['any for namespaces by a label', [inNamespace({ team: 'a' })], ['any']],
    ['any for all namespaces', [{ namespaceSelector: {} }], ['any']],
    [
      'any where more is asked of a namespace',
      [inNamespace({ [NAME]: 'bank' }, [{ key: 'a', operator: 'Exists' }])],
      ['any'],
    ],
    ['any for addresses', [{ ipBlock: { cidr: '10.0.0.0/8' } }], ['any']],
    ['any for a peer that says nothing', [{}], ['any']],
    [
      'each of several',
      [...FROM_A, inNamespace({ [NAME]: 'bank' })],
      ['same-namespace', 'namespace/bank'],
    ],
  ])('%s', (_what, reach, expected) => {
    expect([...sourcesOfReach(reach)].sort()).toEqual([...expected].sort());
  });
});
