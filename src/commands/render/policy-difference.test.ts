import { expect, test } from 'vitest';
import type { NetworkPolicySpec } from '../../api/kubernetes.ts';
import { policyDifference } from './policy-difference.ts';

const SELECTS = { matchLabels: { app: 'web' } };
type Rule = NonNullable<NetworkPolicySpec['ingress']>[number];

function spec(ingress: Rule[], fields: Partial<NetworkPolicySpec> = {}): NetworkPolicySpec {
  return { podSelector: SELECTS, policyTypes: ['Ingress'], ingress, ...fields };
}

const to = (...ports: NonNullable<Rule['ports']>): Rule => ({ ports });
const HTTP = { port: 80, protocol: 'TCP' } as const;
const FROM_A = [{ podSelector: { matchLabels: { role: 'a' } } }];
const FROM_B = [{ podSelector: { matchLabels: { role: 'b' } } }];

test.each<[string, NetworkPolicySpec, NetworkPolicySpec, string | undefined]>([
  ['the same', spec([to(HTTP)]), spec([to(HTTP)]), undefined],
  [
    'fields in another order',
    spec([to(HTTP)]),
    spec([to({ protocol: 'TCP', port: 80 })]),
    undefined,
  ],
  [
    'a port less',
    spec([to(HTTP)]),
    spec([to(HTTP, { port: 81, protocol: 'TCP' })]),
    'lacks 81/TCP',
  ],
  ['a port more', spec([to(HTTP, { port: 81 })]), spec([to(HTTP)]), 'allows 81/TCP too'],
  ['another port', spec([to({ port: 81 })]), spec([to(HTTP)]), 'lacks 80/TCP; allows 81/TCP too'],
  [
    'ports of several rules',
    spec([to({ port: 1 }), to({ port: 2 })]),
    spec([to({ port: 3, protocol: 'UDP' }), to({ port: 4 })]),
    'lacks 3/UDP, 4/TCP; allows 1/TCP, 2/TCP too',
  ],
  [
    'another protocol',
    spec([to({ port: 53, protocol: 'UDP' })]),
    spec([to({ port: 53, protocol: 'SCTP' })]),
    'lacks 53/SCTP; allows 53/UDP too',
  ],
  [
    'a range',
    spec([to({ port: 1, endPort: 9 })]),
    spec([to({ port: 1 })]),
    'lacks 1/TCP; allows 1-9/TCP too',
  ],
  ['a rule about no port', spec([{}]), spec([to(HTTP)]), 'lacks 80/TCP; allows every port too'],
  ['an empty list of ports', spec([to()]), spec([{}]), 'says it in another way'],
  [
    'a protocol alone',
    spec([to({ protocol: 'UDP' })]),
    spec([to(HTTP)]),
    'lacks 80/TCP; allows every port/UDP too',
  ],
  ['no rule', { podSelector: SELECTS, policyTypes: ['Ingress'] }, spec([to(HTTP)]), 'lacks 80/TCP'],
  ['other pods', spec([to(HTTP)], { podSelector: {} }), spec([to(HTTP)]), 'selects other pods'],
  ['other peers', spec([{ ports: [HTTP], from: FROM_A }]), spec([to(HTTP)]), 'lets other peers in'],
  [
    'other peers for a port of several',
    spec([to(HTTP, { port: 81 }), { ports: [HTTP], from: FROM_A }]),
    spec([to(HTTP, { port: 81 })]),
    'lets other peers in',
  ],
  [
    'all of that',
    spec([{ ports: [{ port: 1 }, HTTP], from: FROM_A }], { podSelector: {} }),
    spec([to(HTTP, { port: 2 })]),
    'selects other pods; lacks 2/TCP; allows 1/TCP too; lets other peers in',
  ],
  [
    'ports in several rules that one would do for',
    spec([to(HTTP), to({ port: 81 })]),
    spec([to(HTTP, { port: 81 })]),
    'says it in another way',
  ],
  [
    'peers in another order',
    spec([{ from: [...FROM_A, ...FROM_B] }]),
    spec([{ from: [...FROM_B, ...FROM_A] }]),
    'says it in another way',
  ],
  [
    'a peer more of a port',
    spec([{ from: [...FROM_A, ...FROM_B] }]),
    spec([{ from: FROM_A }]),
    'lets other peers in',
  ],
  ['the protocol unsaid', spec([to({ port: 80 })]), spec([to(HTTP)]), 'says it in another way'],
  [
    'another direction, too',
    spec([to(HTTP)], { policyTypes: ['Ingress', 'Egress'] }),
    spec([to(HTTP)]),
    'says it in another way',
  ],
])('%s', (_what, committed, wanted, expected) => {
  expect(policyDifference(committed, wanted)).toBe(expected);
});
