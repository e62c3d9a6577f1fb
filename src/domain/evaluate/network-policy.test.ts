import { describe, expect, test } from 'vitest';
import type { NetworkPolicy, NetworkPolicySpec, Protocol } from '../../api/kubernetes.ts';
import type { ObjectMeta } from '../../api/object-meta.ts';
import { policy, port } from '../../testing/builders.ts';
import { ingressDecision, type Peer, sourceOver, type Target } from './network-policy.ts';

const TARGET: Target = {
  namespace: 'shop',
  labels: { app: 'web', tier: 'front' },
  ports: [
    { ...port(8080), name: 'http' },
    { ...port(9000, 'UDP'), name: 'http' },
  ],
};
const SAME: Peer = {
  namespace: 'shop',
  namespaceLabels: { team: 'a' },
  labels: { app: 'db' },
  ips: ['10.0.0.5'],
};
const OTHER: Peer = {
  namespace: 'other',
  namespaceLabels: { team: 'b' },
  labels: { app: 'db' },
  ips: ['10.0.1.5'],
};
const OUTSIDE: Peer = { ips: ['192.0.2.7'] };

function allowed(
  spec: Partial<NetworkPolicySpec>,
  peer = SAME,
  number = 8080,
  protocol: 'TCP' | 'UDP' = 'TCP',
) {
  return ingressDecision([policy('p', spec)], TARGET, peer, number, protocol).allowed;
}

describe('isolation', () => {
  test('no policy isolates nothing', () => {
    expect(ingressDecision([], TARGET, SAME, 1, 'TCP')).toEqual({ allowed: true, by: [] });
  });
  test.each<[string, Partial<NetworkPolicySpec>, boolean]>([
    ['selects by label', { podSelector: { matchLabels: { app: 'web' } } }, true],
    ['selects another', { podSelector: { matchLabels: { app: 'db' } } }, false],
    ['selects all', { podSelector: {} }, true],
    [
      'In',
      { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] } },
      true,
    ],
    [
      'NotIn a label that is not there',
      { podSelector: { matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['1'] }] } },
      true,
    ],
    ['Exists', { podSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } }, true],
    [
      'DoesNotExist',
      { podSelector: { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] } },
      false,
    ],
    [
      'an unknown operator',
      { podSelector: { matchExpressions: [{ key: 'tier', operator: 'Like' }] } },
      false,
    ],
    ['egress only', { policyTypes: ['Egress'] }, false],
    ['no policyTypes', { policyTypes: [] }, true],
  ])('%s', (_name, spec, isolated) => {
    expect(allowed(spec)).toBe(!isolated);
  });
  test('a policy of another namespace does nothing', () => {
    const elsewhere = policy('p');
    elsewhere.metadata.namespace = 'other';
    expect(ingressDecision([elsewhere], TARGET, SAME, 1, 'TCP').allowed).toBe(true);
  });
});

describe('ports', () => {
  test.each<[string, NetworkPolicySpec['ingress'], number, 'TCP' | 'UDP', boolean]>([
    ['no rule', [], 8080, 'TCP', false],
    ['an empty rule', [{}], 1, 'UDP', true],
    ['empty ports', [{ ports: [] }], 1, 'TCP', true],
    ['ports: [{}] is every TCP port', [{ ports: [{}] }], 1, 'TCP', true],
    ['ports: [{}] is no UDP port', [{ ports: [{}] }], 1, 'UDP', false],
    ['the default protocol is TCP', [{ ports: [{ port: 8080 }] }], 8080, 'TCP', true],
    ['another protocol', [{ ports: [{ port: 8080 }] }], 8080, 'UDP', false],
    ['in a range', [{ ports: [{ port: 8000, endPort: 8100 }] }], 8100, 'TCP', true],
    ['beyond a range', [{ ports: [{ port: 8000, endPort: 8100 }] }], 8101, 'TCP', false],
    ['a name', [{ ports: [{ port: 'http' }] }], 8080, 'TCP', true],
    [
      'a name of another protocol',
      [{ ports: [{ port: 'http', protocol: 'UDP' }] }],
      8080,
      'UDP',
      false,
    ],
    ['a name by protocol', [{ ports: [{ port: 'http', protocol: 'UDP' }] }], 9000, 'UDP', true],
    ['a name that the pod lacks', [{ ports: [{ port: 'admin' }] }], 8080, 'TCP', false],
  ])('%s', (_name, ingress, number, protocol, expected) => {
    expect(allowed(ingress ? { ingress } : {}, SAME, number, protocol)).toBe(expected);
  });
});

describe('peers', () => {
  const from = (peer: object) => ({ ingress: [{ from: [peer] }] });
  test.each<[string, object, Peer, boolean]>([
    ['all pods of the namespace', { podSelector: {} }, SAME, true],
    ['all pods of the namespace, asked from another', { podSelector: {} }, OTHER, false],
    ['a pod selector', { podSelector: { matchLabels: { app: 'x' } } }, SAME, false],
    ['a namespace selector', { namespaceSelector: { matchLabels: { team: 'b' } } }, OTHER, true],
    [
      'both is and',
      {
        namespaceSelector: { matchLabels: { team: 'b' } },
        podSelector: { matchLabels: { app: 'x' } },
      },
      OTHER,
      false,
    ],
    ['all namespaces do not hold what is outside', { namespaceSelector: {} }, OUTSIDE, false],
    ['a block', { ipBlock: { cidr: '192.0.2.0/24' } }, OUTSIDE, true],
    [
      'a block with an exception',
      { ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.7/32'] } },
      OUTSIDE,
      false,
    ],
    ['a block of the other family', { ipBlock: { cidr: '::/0' } }, OUTSIDE, false],
    ['a broken block', { ipBlock: { cidr: '10.0.0.0/33' } }, SAME, false],
    ['an empty peer', {}, SAME, false],
  ])('%s', (_name, peer, source, expected) => {
    expect(allowed(from(peer), source)).toBe(expected);
  });
  test('an empty from is every source', () => {
    expect(allowed({ ingress: [{ from: [] }] }, OUTSIDE)).toBe(true);
  });
});

test('policies add up, and those that decide are named', () => {
  const deny = policy('deny');
  const allow = policy('allow', { ingress: [{ ports: [{ port: 8080 }] }] });
  expect(ingressDecision([deny, allow], TARGET, SAME, 8080, 'TCP')).toEqual({
    allowed: true,
    by: ['allow'],
  });
  expect(ingressDecision([deny, allow], TARGET, SAME, 1, 'TCP')).toEqual({
    allowed: false,
    by: ['allow', 'deny'],
  });
});

describe('what the API server would refuse or fill in', () => {
  // As hand-written or half-deleted objects come: the types do not hold.
  const written = (spec: unknown): NetworkPolicy => ({
    ...policy('p'),
    spec: spec as NetworkPolicySpec,
  });
  const rule = (fields: unknown) => written({ podSelector: {}, ingress: [fields] });
  const ports = (...entries: unknown[]) => rule({ ports: entries });
  const from = (...entries: unknown[]) => rule({ from: entries });

  test.each<[string, NetworkPolicy, number, Protocol, boolean]>([
    ['no podSelector is an empty one', written({}), 8080, 'TCP', false],
    ['a podSelector of null', written({ podSelector: null }), 8080, 'TCP', false],
    ['no spec', written(undefined), 8080, 'TCP', false],
    ['a spec of null', written(null), 8080, 'TCP', false],
    ['policyTypes of null', written({ podSelector: {}, policyTypes: null }), 1, 'TCP', false],
    ['an unknown type', written({ podSelector: {}, policyTypes: ['ingress'] }), 1, 'TCP', true],
    ['ingress of null', written({ podSelector: {}, ingress: null }), 1, 'TCP', false],
    ['a rule of null is an empty one', rule(null), 1, 'UDP', true],
    ['ports of null', rule({ ports: null }), 1, 'UDP', true],
    ['from of null', rule({ from: null }), 1, 'UDP', true],
    ['ports: [null] is every TCP port', ports(null), 1, 'TCP', true],
    ['ports: [null] is no UDP port', ports(null), 1, 'UDP', false],
    ['fields of null', ports({ port: null, protocol: null, endPort: null }), 1, 'TCP', true],
    ['port 0', ports({ port: 0 }), 8080, 'TCP', false],
    ['port 65536', ports({ port: 65_536 }), 8080, 'TCP', false],
    ['a range from 0 to 65536', ports({ port: 0, endPort: 65_536 }), 8080, 'TCP', true],
    ['a range that ends before it begins', ports({ port: 9, endPort: 8 }), 8, 'TCP', false],
    ['endPort without a port', ports({ endPort: 9000 }), 8080, 'TCP', false],
    ['endPort with a name', ports({ port: 'http', endPort: 9000 }), 8080, 'TCP', false],
    ['a number as text is a name', ports({ port: '8080' }), 8080, 'TCP', false],
    ['a protocol in lower case', ports({ port: 8080, protocol: 'tcp' }), 8080, 'TCP', false],
    ['one bad entry beside a good one', ports({ port: -1 }, { port: 8080 }), 8080, 'TCP', true],
    ['from: [{}]', from({}), 8080, 'TCP', false],
    ['from: [null]', from(null), 8080, 'TCP', false],
    ['a peer whose fields are null', from({ podSelector: null, ipBlock: null }), 1, 'TCP', false],
    ['from: [{}] beside a good one', from({}, { podSelector: {} }), 8080, 'TCP', true],
    ['a block without a CIDR', from({ ipBlock: {} }), 8080, 'TCP', false],
    [
      'an unknown operator matches nothing',
      from({ podSelector: { matchExpressions: [{ key: 'app', operator: 'Gt', values: ['1'] }] } }),
      8080,
      'TCP',
      false,
    ],
    [
      'lists of null in a selector',
      from({ podSelector: { matchLabels: null, matchExpressions: null } }),
      8080,
      'TCP',
      true,
    ],
    [
      'In without values',
      from({ podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: null }] } }),
      8080,
      'TCP',
      false,
    ],
  ])('%s', (_name, wrong, number, protocol, expected) => {
    expect(ingressDecision([wrong], TARGET, SAME, number, protocol).allowed).toBe(expected);
  });

  test('a policy without metadata is in no namespace', () => {
    const wrong = { ...policy('p'), metadata: undefined as unknown as ObjectMeta };
    expect(ingressDecision([wrong], TARGET, SAME, 1, 'TCP')).toEqual({ allowed: true, by: [] });
  });
  test('labels and keys named like members of every object', () => {
    const selector = { matchLabels: JSON.parse('{"__proto__": "x", "constructor": "y"}') };
    expect(allowed({ podSelector: selector })).toBe(true);
    const labelled = { ...TARGET, labels: JSON.parse('{"__proto__": "x", "constructor": "y"}') };
    const selecting = policy('p', { podSelector: selector });
    expect(ingressDecision([selecting], labelled, SAME, 1, 'TCP').allowed).toBe(false);
  });
});

describe('the address of the source', () => {
  const v6 = { ingress: [{ from: [{ ipBlock: { cidr: 'fd00::/64' } }] }] };
  const DUAL: Peer = { ...SAME, ips: ['10.0.9.9', 'fd00::9'] };

  test.each<[string, Partial<NetworkPolicySpec>, Peer, boolean | undefined]>([
    ['an IPv4 connection has an IPv4 source', v6, sourceOver(DUAL, 'IPv4'), false],
    ['an IPv6 connection has an IPv6 source', v6, sourceOver(DUAL, 'IPv6'), true],
    ['of either, any counts', v6, DUAL, true],
    ['none is known', v6, { ...SAME, ips: [] }, undefined],
    ['none of the family is known', v6, sourceOver(SAME, 'IPv6'), undefined],
    [
      'none is known, and the block is of the other family',
      v6,
      sourceOver({ ...SAME, ips: [] }, 'IPv4'),
      false,
    ],
    [
      'no address lies in a block that is none',
      { ingress: [{ from: [{ ipBlock: { cidr: '' } }] }] },
      { ips: [] },
      false,
    ],
    [
      'another peer lets it in',
      { ingress: [{ from: [{ ipBlock: { cidr: 'fd00::/64' } }, { podSelector: {} }] }] },
      { ...SAME, ips: [] },
      true,
    ],
    [
      'on a port that the rule is not about',
      { ingress: [{ from: [{ ipBlock: { cidr: 'fd00::/64' } }], ports: [{ port: 9 }] }] },
      { ...SAME, ips: [] },
      false,
    ],
  ])('%s', (_name, spec, peer, expected) => {
    expect(allowed(spec, peer)).toBe(expected);
  });

  test('those are named that may allow it', () => {
    const policies = [policy('deny'), policy('v6', v6), policy('v6-too', v6)];
    expect(ingressDecision(policies, TARGET, { ...SAME, ips: [] }, 1, 'TCP')).toEqual({
      allowed: undefined,
      by: ['v6', 'v6-too'],
    });
  });
});
