import { describe, expect, test } from 'vitest';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../../api/kubernetes.ts';
import { policy, port } from '../../testing/builders.ts';
import type { Match } from '../match/match.ts';
import { explainPolicy } from './explain-policy.ts';
import type { Peer, Target } from './network-policy.ts';

const TARGET: Target = {
  namespace: 'shop',
  labels: { app: 'web' },
  ports: [{ ...port(8080), name: 'http' }],
};
const CLIENT: Peer = { namespace: 'shop', labels: { app: 'client' }, ips: ['10.0.0.7'] };
const CLIENTS: NetworkPolicyPeer = { podSelector: { matchLabels: { app: 'client' } } };
const OTHERS: NetworkPolicyPeer = { podSelector: { matchLabels: { app: 'other' } } };

describe('a rule', () => {
  test.each<
    [
      what: string,
      fields: { ports?: NetworkPolicyPort[]; from?: NetworkPolicyPeer[] },
      asked: { port?: number; from?: Peer | undefined },
      expected: [ports: Match, from: Match, letsIn: Match],
      paths: [ports: string, from: string],
    ]
  >([
    ['that is empty lets everybody in', {}, {}, ['Yes', 'Yes', 'Yes'], ['ports', 'from']],
    [
      'lets in whom one of its sources names',
      { ports: [{ port: 8080 }], from: [OTHERS, CLIENTS] },
      {},
      ['Yes', 'Yes', 'Yes'],
      ['ports[0]', 'from[1]'],
    ],
    [
      'whose sources name others does not, though it has the port',
      { ports: [{ port: 8080 }], from: [OTHERS] },
      {},
      ['Yes', 'No', 'No'],
      ['ports[0]', 'from'],
    ],
    [
      'about other ports does not, though it names the client',
      { ports: [{ port: 8081 }], from: [CLIENTS] },
      {},
      ['No', 'Yes', 'No'],
      ['ports', 'from[0]'],
    ],
    [
      'may be about anybody whom it names',
      { ports: [{ port: 9090 }, { port: 'http' }], from: [CLIENTS] },
      { from: undefined },
      ['Yes', 'Unknown', 'Unknown'],
      ['ports[1]', 'from'],
    ],
    [
      'has the last port of a range, and none of another protocol',
      {
        ports: [
          { port: 8080, protocol: 'UDP' },
          { port: 8000, endPort: 8080 },
        ],
      },
      {},
      ['Yes', 'Yes', 'Yes'],
      ['ports[1]', 'from'],
    ],
  ])('%s', (_what, fields, asked, expected, paths) => {
    const explained = explainPolicy(policy('p', { ingress: [{}, fields] }), TARGET, {
      port: 8080,
      protocol: 'TCP',
      from: CLIENT,
      ...asked,
    });
    const { ports, from, letsIn } = explained.rules[1] ?? {};
    expect([ports?.match, from?.match, letsIn]).toEqual(expected);
    expect([ports?.path, from?.path]).toEqual(paths.map((each) => `spec.ingress[1].${each}`));
  });
});

describe('a policy', () => {
  const asked = { port: 8080, protocol: 'TCP', from: CLIENT } as const;

  test.each<[string, Parameters<typeof policy>[1], Target, string]>([
    ['of another namespace', {}, { ...TARGET, namespace: 'elsewhere' }, 'metadata.namespace'],
    ['about egress alone', { policyTypes: ['Egress'] }, TARGET, 'spec.policyTypes'],
    ['of other pods', { podSelector: { matchLabels: { app: 'x' } } }, TARGET, 'spec.podSelector'],
  ])('%s isolates nothing, by the field that says so', (_what, spec, target, path) => {
    const { isolates, rules } = explainPolicy(policy('p', spec), target, asked);
    expect([isolates.path, isolates.match, rules]).toEqual([path, 'No', []]);
  });

  test('of the pods isolates them, and without a rule lets nobody in', () => {
    const { isolates, rules } = explainPolicy(policy('p', {}), TARGET, asked);
    expect([isolates.path, isolates.match, rules]).toEqual(['spec.podSelector', 'Yes', []]);
  });
});
