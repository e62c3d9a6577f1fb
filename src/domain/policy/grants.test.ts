import { describe, expect, test } from 'vitest';
import type { NetworkPolicyIngressRule, NetworkPolicyPeer } from '../../api/kubernetes.ts';
import { policy, workload } from '../../testing/builders.ts';
import { parseAllowFrom } from '../workload/allow-from.ts';
import { type Grant, grantsOf } from './grants.ts';
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
    const built = buildPolicy(workload(), ports, allowFrom, 'portlock-system');
    expect(grantsOf(built)).toEqual([
      { port: 53, protocol: 'TCP', sources: ['any'] },
      { port: 80, protocol: 'TCP', sources: ['same-namespace', 'namespace/edge'] },
      { port: 443, protocol: 'TCP', sources: ['namespace/a'] },
    ]);
  });

  test('adds up, and is TCP where no protocol stands', () => {
    const found = granted(
      { ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }], from: [{ podSelector: {} }] },
      { ports: PORTS, from: [{ namespaceSelector: { matchLabels: { [NAME]: 'a' } } }] },
      { ports: [{ port: 53, protocol: 'UDP' }], from: [] },
    );
    expect(found).toEqual([
      { port: 53, protocol: 'UDP', sources: ['any'] },
      { port: 80, protocol: 'TCP', sources: ['same-namespace', 'namespace/a'] },
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
      { port: 80, protocol: 'TCP', sources },
    ]);
  });

  test.each<[string, NetworkPolicyIngressRule[]]>([
    ['there is no rule', []],
    ['a rule has no ports', [{ ports: PORTS }, {}]],
    ['a list of ports is empty', [{ ports: [] }]],
  ])('is not known where %s', (_where, rules) => {
    expect(granted(...rules)).toBeUndefined();
  });

  test('does not count what is not one number', () => {
    const ports = [{ port: 'http' }, { protocol: 'TCP' }, { port: 80, endPort: 90 }];
    expect(granted({ ports })).toEqual([]);
  });
});
