import { describe, expect, test } from 'vitest';
import type { NetworkPolicyIngressRule, NetworkPolicyPeer } from '../../api/kubernetes.ts';
import { policy, workload } from '../../testing/builders.ts';
import { parseAllowFrom } from '../workload/allow-from.ts';
import { type Grant, grantedBy, grantsOf, letInBy } from './grants.ts';
import { buildPolicy } from './policy.ts';

const NAME = 'kubernetes.io/metadata.name';
const granted = (...ingress: NetworkPolicyIngressRule[]) => grantsOf(policy('web', { ingress }));
const PORTS = [{ port: 80, protocol: 'TCP' }];

describe('what a policy of ours allows', () => {
  test('is what it was made of', () => {
    const ports = [53, 80, 443].map((port) => ({ port, protocol: 'TCP', containers: [] }) as const);
    const allowFrom = parseAllowFrom(
      'same-namespace,namespace/edge;53/TCP=any;443/TCP=namespace/a',
    );
    const range = { first: 9000, last: 9100, protocol: 'UDP' } as const;
    const built = buildPolicy(workload(), [...ports, range], allowFrom, 'portlock-system');
    expect(grantsOf(built)).toEqual([
      { first: 53, last: 53, protocol: 'TCP', sources: ['any'] },
      { first: 80, last: 80, protocol: 'TCP', sources: ['same-namespace', 'namespace/edge'] },
      { first: 443, last: 443, protocol: 'TCP', sources: ['namespace/a'] },
      { first: 9000, last: 9100, protocol: 'UDP', sources: ['same-namespace', 'namespace/edge'] },
    ]);
  });

  test('adds up, and is TCP where no protocol stands', () => {
    const found = granted(
      { ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }], from: [{ podSelector: {} }] },
      { ports: PORTS, from: [{ namespaceSelector: { matchLabels: { [NAME]: 'a' } } }] },
      { ports: [{ port: 53, protocol: 'UDP' }], from: [] },
    );
    expect(found).toEqual([
      { first: 53, last: 53, protocol: 'UDP', sources: ['any'] },
      { first: 80, last: 80, protocol: 'TCP', sources: ['same-namespace', 'namespace/a'] },
    ]);
  });

  test.each<[string, NetworkPolicyPeer, Grant['sources']]>([
    ['all pods of the namespace', { podSelector: {} }, ['same-namespace']],
    ['some of them', { podSelector: { matchLabels: { a: 'b' } } }, []],
    [
      'some of them by an expression',
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
      [],
    ],
    [
      'some pods of another',
      {
        podSelector: { matchLabels: { a: 'b' } },
        namespaceSelector: { matchLabels: { [NAME]: 'a' } },
      },
      [],
    ],
    [
      'all pods of another',
      { podSelector: {}, namespaceSelector: { matchLabels: { [NAME]: 'a' } } },
      ['namespace/a'],
    ],
    ['every namespace', { namespaceSelector: {} }, []],
    ['a namespace by another label', { namespaceSelector: { matchLabels: { team: 'a' } } }, []],
    [
      'a namespace by one label more',
      { namespaceSelector: { matchLabels: { [NAME]: 'a', team: 'a' } } },
      [],
    ],
    [
      'a namespace by an expression more',
      {
        namespaceSelector: {
          matchLabels: { [NAME]: 'a' },
          matchExpressions: [{ key: 'a', operator: 'Exists' }],
        },
      },
      [],
    ],
    ['addresses', { ipBlock: { cidr: '0.0.0.0/0' } }, []],
    ['nobody', {}, []],
  ])('to %s is no more than that', (_whom, peer, sources) => {
    expect(granted({ ports: PORTS, from: [peer] })).toEqual([
      { first: 80, last: 80, protocol: 'TCP', sources },
    ]);
  });

  test.each<[string, NetworkPolicyIngressRule[]]>([
    ['there is no rule', []],
    ['a rule has no ports', [{ ports: PORTS }, {}]],
    ['a list of ports is empty', [{ ports: [] }]],
  ])('is not known where %s', (_where, rules) => {
    expect(granted(...rules)).toBeUndefined();
  });

  test('does not count what is no number', () => {
    const ports = [{ port: 'http' }, { protocol: 'TCP' }];
    expect(granted({ ports })).toEqual([]);
  });
});

describe('grants together', () => {
  const found =
    granted(
      { ports: [{ port: 80, endPort: 90 }], from: [{ podSelector: {} }] },
      {
        ports: [{ port: 85 }, { port: 88, endPort: 99 }],
        from: [{ namespaceSelector: { matchLabels: { [NAME]: 'a' } } }],
      },
    ) ?? [];

  test.each<[number, string[]]>([
    [79, []],
    [80, ['same-namespace']],
    [85, ['same-namespace', 'namespace/a']],
    [90, ['same-namespace', 'namespace/a']],
    [91, ['namespace/a']],
    [100, []],
  ])('let in to %i: %j', (port, sources) => {
    expect(letInBy(found)({ port, protocol: 'TCP' })).toEqual(sources);
    expect(letInBy(found)({ port, protocol: 'UDP' })).toEqual([]);
  });

  test.each<[boolean, number, number, Grant['sources']]>([
    [true, 80, 90, ['same-namespace']],
    [true, 88, 90, ['same-namespace', 'namespace/a']],
    [true, 88, 99, ['namespace/a']],
    [false, 84, 85, ['namespace/a']],
    [false, 80, 91, ['same-namespace']],
    [false, 79, 80, ['same-namespace']],
    [false, 85, 85, ['any']],
  ])('allow all of another: %s of %i to %i for %j', (expected, first, last, sources) => {
    expect(grantedBy(found)({ first, last, protocol: 'TCP', sources })).toBe(expected);
  });
});
