import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkPolicy, NetworkPolicySpec, Protocol } from '../../api/kubernetes.ts';
import { policy, port } from '../../testing/builders.ts';
import { runs } from '../../testing/property-runs.ts';
import { policyEffects } from './policy-effects.ts';
import { type AllPolicies, type PolicyTarget, policiesSelecting } from './targets.ts';
import type {
  PodSelection,
  PortSelection,
  TieredPolicy,
  TieredPolicyRule,
  TieredPolicySpec,
} from './tiered-policy.ts';
import { tieredDecisions } from './tiers.ts';

const EVERY = { namespaces: {} };
const TEAM_A = { namespaces: { matchLabels: { team: 'a' } } };
const tcp = (number: number) => ({ port: number, protocol: 'TCP' as Protocol });
const DECLARED = [tcp(8080), tcp(8081)];

function target(app: string, http = 8080): PolicyTarget {
  return {
    namespace: 'shop',
    namespaceLabels: { team: 'shop' },
    labels: { app },
    annotations: {},
    ports: [
      { ...port(http), name: 'http' },
      { ...port(9999), name: 'hidden' },
    ],
  };
}

const rule = (action: string, fields: Partial<TieredPolicyRule> = {}): TieredPolicyRule => ({
  action,
  from: [EVERY],
  ...fields,
});
function tiered(kind: string, name: string, spec: Partial<TieredPolicySpec>): TieredPolicy {
  const apiVersion = 'policy.networking.k8s.io/v1alpha1';
  return { apiVersion, kind, metadata: { name }, spec: { subject: EVERY, ...spec } };
}
const admin = (name: string, priority: number, ...ingress: TieredPolicyRule[]) =>
  tiered('AdminNetworkPolicy', name, { priority, ingress });
const baseline = (...ingress: TieredPolicyRule[]) =>
  tiered('BaselineAdminNetworkPolicy', 'default', { ingress });
const cluster = (name: string, ...ingress: TieredPolicyRule[]) =>
  tiered('ClusterNetworkPolicy', name, { tier: 'Admin', priority: 1, ingress });

/** Name and effect of all that select the targets. */
function effects(
  tieredPolicies: TieredPolicy[],
  networkPolicies: NetworkPolicy[] = [],
  targets = [target('web')],
) {
  const all = { networkPolicies, tieredPolicies, pluginPolicies: [] };
  const selecting = policiesSelecting(all, targets);
  return policyEffects(selecting, targets, DECLARED, undefined);
}
const inWords = (...args: Parameters<typeof effects>) =>
  effects(...args).map(({ name, effect, message }) => `${name}: ${effect}, ${message}`);

const NOTHING = 'None, Closes no declared port and opens no other';
const OPENS = 'Widens, Allows undeclared ports, whatever NetworkPolicies say';
const CLOSES = 'Restricts, Denies somebody 8080/TCP, whatever else allows it';

describe('a policy of the admin tier', () => {
  test.each<[string, TieredPolicyRule[], string]>([
    ['allows everything', [rule('Allow')], OPENS],
    ['denies everything', [rule('Deny')], CLOSES],
    ['passes everything on', [rule('Pass')], NOTHING],
    ['has no rule', [], NOTHING],
    ['denies before it allows', [rule('Deny'), rule('Allow')], CLOSES],
    ['allows before it denies', [rule('Allow'), rule('Deny')], OPENS],
    ['passes on before it allows', [rule('Pass'), rule('Allow')], NOTHING],
    ['denies some before it allows all', [rule('Deny', { from: [TEAM_A] }), rule('Allow')], OPENS],
    ['denies all before it allows some', [rule('Deny'), rule('Allow', { from: [TEAM_A] })], CLOSES],
    [
      'denies the same before it allows them',
      [rule('Deny', { from: [TEAM_A] }), rule('Allow', { from: [TEAM_A] })],
      CLOSES,
    ],
    ['allows nobody', [rule('Allow', { from: [] })], NOTHING],
    ['denies nobody', [rule('Deny', { from: [] })], NOTHING],
    [
      'allows those that nobody can be',
      [
        rule('Allow', {
          from: [{ namespaces: { matchExpressions: [{ key: 'a', operator: 'In', values: [] }] } }],
        }),
      ],
      NOTHING,
    ],
    [
      'denies an undeclared port',
      [rule('Deny', { ports: [{ portNumber: { port: 9 } }] })],
      NOTHING,
    ],
    [
      'has a field more',
      [{ ...rule('Deny'), later: {} } as TieredPolicyRule],
      'Unknown, Has fields that portlock does not know',
    ],
    [
      'has an action that is not known',
      [rule('Log')],
      'Unknown, Has fields that portlock does not know',
    ],
  ])('%s', (_name, rules, expected) => {
    expect(inWords([admin('a', 1, ...rules)])).toEqual([`a: ${expected}`]);
  });

  test.each<[string, PortSelection[], string]>([
    ['a declared number', [{ portNumber: { port: 8080 } }], NOTHING],
    ['another number', [{ portNumber: { port: 8082 } }], OPENS],
    ['another protocol', [{ portNumber: { port: 8080, protocol: 'UDP' } }], OPENS],
    ['a range of declared ports', [{ portRange: { start: 8080, end: 8081 } }], NOTHING],
    ['a range beyond them', [{ portRange: { start: 8080, end: 8082 } }], OPENS],
    ['a range that is empty', [{ portRange: { start: 8090, end: 8082 } }], NOTHING],
    [
      'a destination range of them',
      [{ tcp: { destinationPort: { range: { start: 8080, end: 8081 } } } }],
      NOTHING,
    ],
    [
      'a destination range beyond',
      [{ tcp: { destinationPort: { range: { start: 8079, end: 8081 } } } }],
      OPENS,
    ],
    ['a protocol', [{ tcp: {} }], OPENS],
    ['the name of a declared port', [{ namedPort: 'http' }], NOTHING],
    ['the name of a port that is not', [{ destinationNamedPort: 'hidden' }], OPENS],
    ['a name that the pods lack', [{ namedPort: 'gone' }], NOTHING],
  ])('allows %s', (_name, ports, expected) => {
    expect(inWords([cluster('a', rule('Accept', { ports }))])).toEqual([`a: ${expected}`]);
  });

  test('a name is another port on another pod', () => {
    const targets = [target('web'), target('db', 5432)];
    const policies = [
      cluster('a', rule('Accept', { protocols: [{ destinationNamedPort: 'http' }] })),
    ];
    expect(inWords(policies, [], targets)).toEqual([`a: ${OPENS}`]);
  });

  test('one that comes before takes its word away, of those that it is about', () => {
    const first = admin('first', 1, rule('Deny'));
    const ports = [{ portRange: { start: 1, end: 65_535 } }];
    expect(inWords([first, admin('then', 2, rule('Allow'))])).toEqual([
      `first: ${CLOSES}`,
      `then: ${NOTHING}`,
    ]);
    // A range is of TCP only.
    expect(
      inWords([admin('first', 1, rule('Deny', { ports })), admin('then', 2, rule('Allow'))])[1],
    ).toBe(`then: ${OPENS}`);
    // Nobody knows which of the two comes first.
    expect(inWords([admin('first', 1, rule('Deny')), admin('then', 1, rule('Allow'))])[1]).toBe(
      `then: ${OPENS}`,
    );
  });
});

describe('a policy of the baseline tier', () => {
  const OF_WEB = policy('web', { podSelector: { matchLabels: { app: 'web' } } });
  test('is asked where no NetworkPolicy isolates the pods', () => {
    expect(inWords([baseline(rule('Deny'))])).toEqual([
      'default: Restricts, Denies somebody 8080/TCP of pods that no NetworkPolicy isolates',
    ]);
    expect(inWords([baseline(rule('Allow'))])).toEqual([
      'default: Widens, Allows undeclared ports of pods that no NetworkPolicy isolates',
    ]);
  });
  test('has no say where one does', () => {
    expect(inWords([baseline(rule('Deny'))], [OF_WEB])[1]).toBe(
      'default: None, Has no say where a NetworkPolicy isolates the pods',
    );
  });
  test('has its say about the pod of two that none isolates', () => {
    expect(inWords([baseline(rule('Deny'))], [OF_WEB], [target('web'), target('db')])[1]).toBe(
      'default: Restricts, Denies somebody 8080/TCP of pods that no NetworkPolicy isolates',
    );
  });
  test('has no say about those that the admin tier decides about', () => {
    const policies = [admin('a', 1, rule('Allow')), baseline(rule('Deny'))];
    expect(inWords(policies)[1]).toBe(`default: ${NOTHING}`);
  });
});

describe('a NetworkPolicy', () => {
  test.each<[string, NetworkPolicySpec['ingress'], string]>([
    ['allows nothing', undefined, 'Restricts, Isolates the pods and allows no undeclared port'],
    ['allows everything', [{}], 'Widens, Allows every port, which the workload does not declare'],
    [
      'from: [] is everybody',
      [{ from: [] }],
      'Widens, Allows every port, which the workload does not declare',
    ],
    [
      'a peer without a field is nobody',
      [{ from: [{}] }],
      'Restricts, Isolates the pods and allows no undeclared port',
    ],
    [
      'a protocol',
      [{ ports: [{ protocol: 'UDP' }] }],
      'Widens, Allows every UDP port, which the workload does not declare',
    ],
    [
      'a declared port',
      [{ ports: [{ port: 8080 }] }],
      'Restricts, Isolates the pods and allows no undeclared port',
    ],
    [
      'a range of declared ports',
      [{ ports: [{ port: 8080, endPort: 8081 }] }],
      'Restricts, Isolates the pods and allows no undeclared port',
    ],
    [
      'a range beyond',
      [{ ports: [{ port: 8080, endPort: 8090 }] }],
      'Widens, Allows 8080-8090/TCP, which the workload does not declare',
    ],
    [
      'a name',
      [{ ports: [{ port: 'hidden' }] }],
      'Widens, Allows 9999/TCP, which the workload does not declare',
    ],
  ])('%s', (_name, ingress, expected) => {
    expect(inWords([], [policy('p', { ...(ingress && { ingress }) })])).toEqual([`p: ${expected}`]);
  });

  test('opens nothing to those whom the admin tier keeps out', () => {
    const ofPods = policy('p', { ingress: [{ from: [{ podSelector: {} }] }] });
    expect(inWords([admin('a', 1, rule('Deny'))], [ofPods])[0]).toBe(
      'p: Restricts, Isolates the pods; about the undeclared ports that it allows others decide before it',
    );
    // Nobody in a rule of the admin tier is outside of the cluster.
    expect(inWords([admin('a', 1, rule('Deny'))], [policy('p', { ingress: [{}] })])[0]).toBe(
      'p: Widens, Allows every port, which the workload does not declare',
    );
  });
});

/** A world in which all sources that rules can tell apart are listed. */
const TEAMS = ['a', 'b', 'other', 'shop'];
const PEERS = TEAMS.flatMap((team) =>
  ['x', 'y', 'other'].map((role) => ({
    namespace: team,
    namespaceLabels: { team },
    labels: { role } as Record<string, string>,
    ips: ['10.0.0.1'],
  })),
);
const OUTSIDE = { ips: ['192.0.2.7'] };
const PROTOCOLS = ['TCP', 'UDP'] as const;
/** The ports that rules speak of, and one of each class between and around them. */
const NUMBERS = [8079, 8080, 8081, 8082, 9999];
const ASKED = [1, ...NUMBERS, 9000, 65_535];

const labels = (key: string, values: string[]) =>
  fc.constantFrom({}, ...values.map((value) => ({ matchLabels: { [key]: value } })));
const team = labels('team', ['a', 'b', 'shop']);
const role = labels('role', ['x', 'y']);
const source: fc.Arbitrary<PodSelection> = fc.oneof(
  team.map((namespaces) => ({ namespaces })),
  fc.record({ namespaceSelector: team, podSelector: role }).map((pods) => ({ pods })),
);
const edge = fc.constantFrom(...NUMBERS);
const ports: fc.Arbitrary<PortSelection> = fc.oneof(
  edge.map((number) => ({ portNumber: { port: number } })),
  fc.tuple(edge, edge).map(([start, end]) => ({ portRange: { start, end } })),
  fc.constantFrom({ namedPort: 'http' }, { namedPort: 'hidden' }, { udp: {} }),
);
const ingress = fc.array(
  fc.record({
    action: fc.constantFrom('Accept', 'Deny', 'Pass'),
    from: fc.array(source, { maxLength: 2 }),
    ports: fc.array(ports, { maxLength: 2 }),
  }),
  { maxLength: 3 },
);
const subject = fc.constantFrom<PodSelection>(EVERY, EVERY, {
  pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } },
});
const tieredPolicies = fc
  .array(fc.record({ tier: fc.constantFrom('Admin', 'Admin', 'Baseline'), subject, ingress }), {
    maxLength: 3,
  })
  .map((list) =>
    list.map((spec, index) =>
      tiered('ClusterNetworkPolicy', `c${index}`, { ...spec, priority: index }),
    ),
  );
const networkPolicies = fc
  .array(
    fc.record({
      podSelector: labels('app', ['web']),
      ingress: fc.array(
        fc.record({
          from: fc.array(
            fc.oneof(
              role.map((podSelector) => ({ podSelector })),
              fc.record({ namespaceSelector: team, podSelector: role }),
              fc.constant({ ipBlock: { cidr: '192.0.2.0/24' } }),
            ),
            { maxLength: 2 },
          ),
          ports: fc.array(
            fc.oneof(
              fc.tuple(edge, edge).map(([first, last]) => ({ port: first, endPort: last })),
              fc.constantFrom({ port: 'http' }, { port: 'hidden' }, { protocol: 'UDP' as const }),
            ),
            { maxLength: 2 },
          ),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  )
  .map((list) => list.map((spec, index) => policy(`p${index}`, spec)));
const targets = fc.constantFrom([target('web')], [target('web'), target('db', 8082)]);

/** All that the evaluator says, to every source, of every pod and port. */
function decisionsOf(policies: AllPolicies, pods: readonly PolicyTarget[]) {
  const asked = PROTOCOLS.flatMap((protocol) => ASKED.map((number) => ({ number, protocol })));
  return [...PEERS, OUTSIDE].flatMap((peer) =>
    pods.flatMap((pod) => {
      const decide = tieredDecisions(policies, peer)(pod);
      return asked.map(({ number, protocol }) => ({
        ...decide(number, protocol),
        isDeclared: DECLARED.some((each) => each.port === number && each.protocol === protocol),
      }));
    }),
  );
}

test('what a policy is said to do is what the evaluator decides by it, to somebody on some port', () => {
  fc.assert(
    fc.property(tieredPolicies, networkPolicies, targets, (tiers, policies, pods) => {
      const all = { networkPolicies: policies, tieredPolicies: tiers, pluginPolicies: [] };
      const selecting = policiesSelecting(all, pods);
      const decisions = decisionsOf(selecting, pods);
      const deciding = (verdict: string, isDeclared: boolean) =>
        new Set(
          decisions
            .filter((each) => each.verdict === verdict && each.isDeclared === isDeclared)
            .flatMap(({ by }) => by),
        );
      const opening = deciding('Allowed', false);
      const closing = deciding('Denied', true);
      for (const { kind, name, effect } of policyEffects(selecting, pods, DECLARED, undefined)) {
        const is = kind === 'NetworkPolicy' ? name : `${kind}/${name}`;
        expect([is, effect === 'Widens']).toEqual([is, opening.has(is)]);
        if (kind !== 'NetworkPolicy' && effect !== 'Widens')
          expect([is, effect === 'Restricts']).toEqual([is, closing.has(is)]);
      }
    }),
    runs(24),
  );
}, 60_000);

test('a policy of many rules about many ports is worked out without asking everybody for everything', () => {
  const rules = Array.from({ length: 100 }, (_, index) =>
    rule(index % 2 ? 'Accept' : 'Deny', {
      from: Array.from({ length: 10 }, (__, team) => ({
        namespaces: { matchLabels: { team: `${team}` } },
      })),
      ports: [{ portRange: { start: 1 + index, end: 60_000 + index } }],
    }),
  );
  const pods = Array.from({ length: 20 }, (_, index) => target(`web-${index}`));
  const policies = [admin('a', 1, rule('Deny'), ...rules), admin('b', 2, ...rules)];
  // Without classes of ports and sources it took minutes: this ends by the time limit.
  expect(effects(policies, [], pods)).toHaveLength(2);
}, 60_000);
