import { describe, expect, test } from 'vitest';
import type { NetworkPolicy, Protocol } from '../../api/kubernetes.ts';
import { policy, port } from '../../testing/builders.ts';
import type { Peer } from './network-policy.ts';
import type { TieredTarget } from './tier-endings.ts';
import type {
  DestinationPort,
  PodSelection,
  PortSelection,
  TieredPolicy as Tiered,
  TieredPolicyRule,
  TieredPolicySpec,
} from './tiered-policy.ts';
import { tieredDecisions } from './tiers.ts';

const TARGET: TieredTarget = {
  namespace: 'shop',
  namespaceLabels: { team: 'shop' },
  labels: { app: 'web' },
  ports: [
    { ...port(8080), name: 'http' },
    { ...port(8125, 'UDP'), name: 'stats' },
  ],
};
const PEER: Peer = {
  namespace: 'shop',
  namespaceLabels: { team: 'shop' },
  labels: { app: 'client' },
  ips: ['10.0.0.5'],
};
const OTHER: Peer = { ...PEER, namespace: 'other', namespaceLabels: { team: 'other' } };
const OUTSIDE: Peer = { ips: ['192.0.2.7'] };

const EVERY = { namespaces: {} };
const ALLOW_ALL: NetworkPolicy = policy('allow-all', { ingress: [{}] });
const DENY_ALL: NetworkPolicy = policy('deny-all');

function tiered(kind: string, name: string, spec: Partial<TieredPolicySpec>): Tiered {
  const apiVersion = 'policy.networking.k8s.io/v1alpha1';
  return { apiVersion, kind, metadata: { name }, spec: { subject: EVERY, ...spec } };
}
const rule = (action: string, fields: Partial<TieredPolicyRule> = {}): TieredPolicyRule => ({
  action,
  from: [EVERY],
  ...fields,
});
const admin = (name: string, priority: number, ...ingress: TieredPolicyRule[]) =>
  tiered('AdminNetworkPolicy', name, { priority, ingress });
const baseline = (...ingress: TieredPolicyRule[]) =>
  tiered('BaselineAdminNetworkPolicy', 'default', { ingress });
const cluster = (tier: string, name: string, priority: number, ...ingress: TieredPolicyRule[]) =>
  tiered('ClusterNetworkPolicy', name, { tier, priority, ingress });

function decide(
  tieredPolicies: Tiered[],
  networkPolicies: NetworkPolicy[] = [],
  peer = PEER,
  number = 8080,
  protocol: Protocol = 'TCP',
) {
  return tieredDecisions({ networkPolicies, tieredPolicies }, peer)(TARGET)(number, protocol);
}

describe('the order of the tiers', () => {
  test.each<[string, Tiered[], NetworkPolicy[], 'Allowed' | 'Denied', string[]]>([
    ['nothing', [], [], 'Allowed', []],
    ['a NetworkPolicy that denies', [], [DENY_ALL], 'Denied', ['deny-all']],
    ['a NetworkPolicy that allows', [], [DENY_ALL, ALLOW_ALL], 'Allowed', ['allow-all']],
    [
      'admin deny over an allow',
      [admin('a', 1, rule('Deny'))],
      [ALLOW_ALL],
      'Denied',
      ['AdminNetworkPolicy/a'],
    ],
    [
      'admin allow over a deny',
      [admin('a', 1, rule('Allow'))],
      [DENY_ALL],
      'Allowed',
      ['AdminNetworkPolicy/a'],
    ],
    [
      'admin pass to an allow',
      [admin('a', 1, rule('Pass'))],
      [ALLOW_ALL],
      'Allowed',
      ['allow-all'],
    ],
    ['admin pass to a deny', [admin('a', 1, rule('Pass'))], [DENY_ALL], 'Denied', ['deny-all']],
    ['admin pass to nothing', [admin('a', 1, rule('Pass'))], [], 'Allowed', []],
    [
      'admin pass to baseline, past the rest of the tier',
      [admin('a', 1, rule('Pass')), admin('b', 2, rule('Allow')), baseline(rule('Deny'))],
      [],
      'Denied',
      ['BaselineAdminNetworkPolicy/default'],
    ],
    [
      'baseline where no NetworkPolicy isolates',
      [baseline(rule('Deny'))],
      [],
      'Denied',
      ['BaselineAdminNetworkPolicy/default'],
    ],
    ['no baseline where one does', [baseline(rule('Deny'))], [ALLOW_ALL], 'Allowed', ['allow-all']],
    ['no implicit isolation', [admin('a', 1, rule('Allow', { from: [] }))], [], 'Allowed', []],
    [
      'ClusterNetworkPolicy: accept',
      [cluster('Admin', 'a', 1, rule('Accept'))],
      [DENY_ALL],
      'Allowed',
      ['ClusterNetworkPolicy/a'],
    ],
    [
      'ClusterNetworkPolicy: pass in both tiers',
      [cluster('Admin', 'a', 1, rule('Pass')), cluster('Baseline', 'b', 1, rule('Pass'))],
      [],
      'Allowed',
      [],
    ],
    [
      'ClusterNetworkPolicy: baseline by priority',
      [cluster('Baseline', 'a', 2, rule('Accept')), cluster('Baseline', 'b', 1, rule('Deny'))],
      [],
      'Denied',
      ['ClusterNetworkPolicy/b'],
    ],
    [
      'what has no priority last',
      [baseline(rule('Allow')), cluster('Baseline', 'a', 1000, rule('Deny'))],
      [],
      'Denied',
      ['ClusterNetworkPolicy/a'],
    ],
    [
      'the lower number first, whatever the order of the list',
      [admin('later', 20, rule('Allow')), admin('first', 3, rule('Deny'))],
      [],
      'Denied',
      ['AdminNetworkPolicy/first'],
    ],
    [
      'the upper rule first',
      [admin('a', 1, rule('Allow'), rule('Deny'))],
      [DENY_ALL],
      'Allowed',
      ['AdminNetworkPolicy/a'],
    ],
    [
      'past a rule that does not match',
      [admin('a', 1, rule('Allow', { ports: [{ portNumber: { port: 9 } }] }), rule('Deny'))],
      [],
      'Denied',
      ['AdminNetworkPolicy/a'],
    ],
  ])('%s', (_name, policies, networkPolicies, verdict, by) => {
    expect(decide(policies, networkPolicies)).toEqual({ verdict, by });
  });
});

describe('subjects and peers', () => {
  const nobody = { matchLabels: { team: 'nobody' } };
  const match = (matchLabels: Record<string, string>) => ({ matchLabels });
  test.each<[string, PodSelection, boolean]>([
    ['every namespace', { namespaces: {} }, true],
    ['its namespace', { namespaces: match({ team: 'shop' }) }, true],
    ['another namespace', { namespaces: nobody }, false],
    ['its pods', { pods: { namespaceSelector: {}, podSelector: match({ app: 'web' }) } }, true],
    ['other pods', { pods: { namespaceSelector: {}, podSelector: match({ app: 'x' }) } }, false],
    ['its pods in another', { pods: { namespaceSelector: nobody, podSelector: {} } }, false],
    ['pods without a namespaceSelector', { pods: { podSelector: match({ app: 'web' }) } }, true],
  ])('as subject: %s', (_name, subject, selected) => {
    const spec = { priority: 1, subject, ingress: [rule('Deny')] };
    const { verdict } = decide([tiered('AdminNetworkPolicy', 'a', spec)]);
    expect(verdict).toBe(selected ? 'Denied' : 'Allowed');
  });
  test.each<[string, PodSelection[], Peer, boolean]>([
    ['every namespace', [EVERY], PEER, true],
    ['every namespace holds nothing outside', [EVERY], OUTSIDE, false],
    ['its namespace', [{ namespaces: match({ team: 'other' }) }], OTHER, true],
    ['another namespace', [{ namespaces: match({ team: 'other' }) }], PEER, false],
    [
      'any element',
      [{ namespaces: nobody }, { pods: { podSelector: match({ app: 'client' }) } }],
      PEER,
      true,
    ],
    [
      'both selectors of one element',
      [{ pods: { namespaceSelector: nobody, podSelector: match({ app: 'client' }) } }],
      PEER,
      false,
    ],
  ])('as peer: %s', (_name, from, peer, matched) => {
    const { verdict } = decide([admin('a', 1, rule('Deny', { from }))], [], peer);
    expect(verdict).toBe(matched ? 'Denied' : 'Allowed');
  });
});

describe('ports', () => {
  const tcp = (destinationPort?: DestinationPort): PortSelection => ({
    tcp: destinationPort ? { destinationPort } : {},
  });
  test.each<[string, PortSelection, number, Protocol, boolean]>([
    ['a number', { portNumber: { protocol: 'TCP', port: 8080 } }, 8080, 'TCP', true],
    ['a number of the default protocol', { portNumber: { port: 8080 } }, 8080, 'TCP', true],
    ['another number', { portNumber: { port: 8081 } }, 8080, 'TCP', false],
    ['another protocol', { portNumber: { port: 8080 } }, 8080, 'UDP', false],
    ['in lower case', { portNumber: { protocol: 'tcp', port: 8080 } }, 8080, 'TCP', false],
    ['the start of a range', { portRange: { start: 8080, end: 8090 } }, 8080, 'TCP', true],
    ['the end of a range', { portRange: { start: 8000, end: 8080 } }, 8080, 'TCP', true],
    ['beyond a range', { portRange: { start: 8000, end: 8079 } }, 8080, 'TCP', false],
    [
      'a range of UDP',
      { portRange: { protocol: 'UDP', start: 1, end: 65_535 } },
      8080,
      'TCP',
      false,
    ],
    ['a name', { namedPort: 'http' }, 8080, 'TCP', true],
    ['a name of a UDP port', { namedPort: 'stats' }, 8125, 'UDP', true],
    ['a name has the protocol of its port', { namedPort: 'stats' }, 8125, 'TCP', false],
    ['a name that the pod lacks', { namedPort: 'admin' }, 8080, 'TCP', false],
    ['tcp: a number', tcp({ number: 8080 }), 8080, 'TCP', true],
    ['tcp: another number', tcp({ number: 1 }), 8080, 'TCP', false],
    ['tcp: a range', tcp({ range: { start: 8000, end: 8100 } }), 8080, 'TCP', true],
    ['tcp: every port', tcp(), 8080, 'TCP', true],
    ['tcp: no UDP port', tcp(), 8080, 'UDP', false],
    ['udp', { udp: { destinationPort: { number: 8125 } } }, 8125, 'UDP', true],
    ['sctp', { sctp: {} }, 9, 'SCTP', true],
    ['destinationNamedPort', { destinationNamedPort: 'http' }, 8080, 'TCP', true],
  ])('%s', (_name, selection, number, protocol, matched) => {
    const denied = matched ? 'Denied' : 'Allowed';
    const asPorts = admin('a', 1, rule('Deny', { ports: [selection] }));
    expect(decide([asPorts], [], PEER, number, protocol).verdict).toBe(denied);
    const asProtocols = cluster('Admin', 'a', 1, rule('Deny', { protocols: [selection] }));
    expect(decide([asProtocols], [], PEER, number, protocol).verdict).toBe(denied);
  });
});

describe('Unknown', () => {
  const unread = 'AdminNetworkPolicy/a says what is not understood here';
  test('policies of one priority that disagree', () => {
    expect(decide([admin('b', 1, rule('Allow')), admin('a', 1, rule('Deny'))])).toEqual({
      verdict: 'Unknown',
      by: ['AdminNetworkPolicy/a', 'AdminNetworkPolicy/b'],
      why: 'AdminNetworkPolicy/a and AdminNetworkPolicy/b have the same priority',
    });
  });
  test('policies of one priority that agree are no reason for doubt', () => {
    expect(decide([admin('b', 1, rule('Deny')), admin('a', 1, rule('Deny'))])).toEqual({
      verdict: 'Denied',
      by: ['AdminNetworkPolicy/a', 'AdminNetworkPolicy/b'],
    });
  });
  test('a pass and a deny of one priority', () => {
    const policies = [admin('b', 1, rule('Pass')), admin('a', 1, rule('Deny'))];
    expect(decide(policies, [ALLOW_ALL])).toEqual({
      verdict: 'Unknown',
      by: ['AdminNetworkPolicy/a', 'AdminNetworkPolicy/b', 'allow-all'],
      why: 'AdminNetworkPolicy/a and AdminNetworkPolicy/b have the same priority',
    });
    expect(decide(policies, [DENY_ALL]).verdict).toBe('Denied');
  });
  test.each<[string, unknown]>([
    ['a peer without a known field', { from: [{ networks: ['10.0.0.0/8'] }] }],
    ['an empty peer', { from: [{}] }],
    ['a peer of null', { from: [null] }],
    ['a peer with two fields', { from: [{ namespaces: {}, pods: {} }] }],
    [
      'a namespaces peer of the first v1alpha1',
      { from: [{ namespaces: { namespaceSelector: {} } }] },
    ],
    [
      'a pods peer of the first v1alpha1',
      { from: [{ pods: { namespaces: { namespaceSelector: {} }, podSelector: {} } }] },
    ],
    ['one with sameLabels', { from: [{ pods: { namespaces: { sameLabels: ['team'] } } }] }],
    ['a field more in a rule', { later: {} }],
    ['a field more in pods', { from: [{ pods: { podSelector: {}, later: {} } }] }],
    ['a field more in a selector', { from: [{ namespaces: { later: {} } }] }],
    ['a field more in a port', { ports: [{ portNumber: { port: 8080, later: 1 } }] }],
    ['a field more in a protocol', { protocols: [{ tcp: { later: {} } }] }],
    ['an operator that is not known', unknownOperator()],
    ['a port without a known field', { ports: [{ icmp: {} }] }],
    ['a port of null', { ports: [null] }],
    ['a port with two fields', { ports: [{ portNumber: { port: 8080 }, later: {} }] }],
    ['a destinationPort without a known field', { protocols: [{ tcp: { destinationPort: {} } }] }],
    ['an action that is not known', { action: 'Log' }],
    ['no action', { action: undefined }],
  ])('%s', (_name, fields) => {
    const policies = [admin('a', 1, { ...rule('Deny'), ...(fields as object) })];
    expect(decide(policies)).toEqual({
      verdict: 'Unknown',
      by: ['AdminNetworkPolicy/a'],
      why: unread,
    });
  });
  test('an unknown peer may be a source outside of the cluster', () => {
    const policies = [admin('a', 1, rule('Deny', { from: [{ networks: [] } as PodSelection] }))];
    expect(decide(policies, [], OUTSIDE).verdict).toBe('Unknown');
  });
  test('a known peer decides beside an unknown one', () => {
    const from = [{ networks: [] } as PodSelection, EVERY];
    expect(decide([admin('a', 1, rule('Deny', { from }))]).verdict).toBe('Denied');
  });
  test('what is not known makes no difference where the rest agrees', () => {
    const from = [{ networks: [] } as PodSelection];
    expect(decide([admin('a', 1, rule('Deny', { from }))], [DENY_ALL])).toEqual({
      verdict: 'Denied',
      by: ['AdminNetworkPolicy/a', 'deny-all'],
    });
  });
  test('a subject or a tier that is not known', () => {
    const ingress = [rule('Deny')];
    const subject = { serviceAccounts: {} } as PodSelection;
    const spec = { priority: 1, subject, ingress };
    expect(decide([tiered('AdminNetworkPolicy', 'a', spec)]).verdict).toBe('Unknown');
    expect(decide([cluster('Middle', 'a', 1, ...ingress)]).verdict).toBe('Unknown');
    const narrowed = { ...spec, subject: { pods: { podSelector: {}, later: {} } } as PodSelection };
    expect(decide([tiered('AdminNetworkPolicy', 'a', narrowed)]).verdict).toBe('Unknown');
  });
  test('a field more in the spec may mean anything to the pods that it is about', () => {
    const later = { later: {} } as Partial<TieredPolicySpec>;
    const silent = tiered('AdminNetworkPolicy', 'a', { priority: 1, ...later });
    expect(decide([silent])).toEqual({
      verdict: 'Unknown',
      by: ['AdminNetworkPolicy/a'],
      why: unread,
    });
    const subject = { namespaces: { matchLabels: { team: 'other' } } };
    const ofOthers = tiered('AdminNetworkPolicy', 'a', { priority: 1, subject, ...later });
    expect(decide([ofOthers]).verdict).toBe('Allowed');
  });
  test('a tier that is not known may come after one that passes, and before one that denies', () => {
    const later = cluster('Middle', 'c', 5, rule('Deny'));
    expect(decide([admin('a', 1, rule('Pass')), later]).verdict).toBe('Unknown');
    const open = cluster('Middle', 'c', 5, rule('Accept'));
    expect(decide([admin('a', 1, rule('Deny')), open]).verdict).toBe('Unknown');
    const silent = cluster('Middle', 'c', 5, rule('Deny', { from: [] }));
    expect(decide([admin('a', 1, rule('Deny')), silent]).verdict).toBe('Denied');
  });
  test('who may pass a connection on does not let it in', () => {
    const from = [{ networks: [] } as PodSelection];
    const passing = admin('a', 1, rule('Pass', { from }));
    expect(decide([passing])).toEqual({ verdict: 'Allowed', by: [] });
    expect(decide([passing], [DENY_ALL])).toEqual({ verdict: 'Denied', by: ['deny-all'] });
    expect(decide([passing, admin('b', 2, rule('Deny'))])).toEqual({
      verdict: 'Unknown',
      by: ['AdminNetworkPolicy/a', 'AdminNetworkPolicy/b'],
      why: unread,
    });
  });
  test('an ipBlock where the address of the prober is not known', () => {
    const block = policy('v6', { ingress: [{ from: [{ ipBlock: { cidr: 'fd00::/64' } }] }] });
    const why = "an ipBlock decides, and the prober's address is not known";
    const unknown = { verdict: 'Unknown', by: ['v6'], why };
    expect(decide([], [block], { ...PEER, ips: [] })).toEqual(unknown);
    expect(decide([], [block, DENY_ALL], { ...PEER, ips: [] })).toEqual(unknown);
    expect(decide([], [block, ALLOW_ALL], { ...PEER, ips: [] }).verdict).toBe('Allowed');
    expect(decide([admin('a', 1, rule('Deny'))], [block], { ...PEER, ips: [] }).verdict).toBe(
      'Denied',
    );
  });
  test('objects of which parts are missing', () => {
    const broken = [
      { kind: 'AdminNetworkPolicy' },
      { kind: 'AdminNetworkPolicy', spec: null },
      { kind: 'AdminNetworkPolicy', metadata: null, spec: { ingress: null } },
      { kind: 'BaselineAdminNetworkPolicy', spec: { subject: null, ingress: [null] } },
      { kind: 'ClusterNetworkPolicy', spec: { tier: null, ingress: [{ from: null }] } },
    ] as unknown as Tiered[];
    expect(decide(broken)).toEqual({ verdict: 'Allowed', by: [] });
  });
});

function unknownOperator() {
  return {
    from: [{ namespaces: { matchExpressions: [{ key: 'team', operator: 'Gt', values: ['1'] }] } }],
  };
}

/** The manifests of network-policy-api v0.1.7, conformance/base, and what its tests expect of them. */
describe('the conformance suite', () => {
  const house = (name: string) => ({ matchLabels: { 'conformance-house': name } });
  const pods = (name: string) => ({
    pods: { namespaceSelector: house(name), podSelector: house(name) },
  });
  const gryffindor = {
    ...TARGET,
    namespace: 'g',
    namespaceLabels: house('gryffindor').matchLabels,
  };
  const slytherin: Peer = {
    namespace: 's',
    namespaceLabels: house('slytherin').matchLabels,
    labels: house('slytherin').matchLabels,
    ips: ['10.0.1.1'],
  };
  const harry = { ...gryffindor, labels: house('gryffindor').matchLabels };
  const verdict = (tieredPolicies: Tiered[], networkPolicies: NetworkPolicy[] = []) =>
    tieredDecisions({ networkPolicies, tieredPolicies }, slytherin)(harry)(80, 'TCP').verdict;

  test('standard-anp-np-banp', () => {
    const subject = { namespaces: house('gryffindor') };
    const from = [{ namespaces: house('slytherin') }];
    const example = (action: string) =>
      tiered('AdminNetworkPolicy', 'pass-example', {
        priority: 10,
        subject,
        ingress: [rule(action, { from })],
      });
    const allow = policy('allow-gress-from-to-slytherin-to-gryffindor', {
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ namespaceSelector: house('slytherin') }] }],
    });
    allow.metadata.namespace = 'g';
    const banp = tiered('BaselineAdminNetworkPolicy', 'default', {
      subject,
      ingress: [rule('Deny', { from })],
    });
    expect(verdict([example('Deny'), banp], [allow])).toBe('Denied');
    expect(verdict([example('Pass'), banp], [allow])).toBe('Allowed');
    expect(verdict([example('Pass'), banp])).toBe('Denied');
  });

  test('standard-priority-field', () => {
    const of = (kind: string, name: string, action: string, priority?: number) =>
      tiered(kind, name, {
        ...(priority && { priority }),
        subject: pods('gryffindor'),
        ingress: [rule(action, { from: [pods('slytherin')] })],
      });
    const deny = of('AdminNetworkPolicy', 'priority-50-example', 'Deny', 50);
    const banp = of('BaselineAdminNetworkPolicy', 'default', 'Allow');
    const pass = (priority: number) =>
      of('AdminNetworkPolicy', 'old-priority-60-new-priority-40-example', 'Pass', priority);
    expect(verdict([deny, pass(60), banp])).toBe('Denied');
    expect(verdict([deny, pass(40), banp])).toBe('Allowed');
  });
});
