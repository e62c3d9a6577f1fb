import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { policy, port } from '../../testing/builders.ts';
import { runs } from '../../testing/property-runs.ts';
import { ingressDecision, type Peer } from './network-policy.ts';
import type { TieredTarget } from './tier-endings.ts';
import type { TieredPolicy } from './tiered-policy.ts';
import { type PolicySet, tieredDecisions } from './tiers.ts';

/**
 * A second reading of the tiers: one line of rules in one order, the first that matches decides. Where
 * the order is open, all orders are gone through; what is not known is taken as matching and as not.
 */
const target = (app: string, one: number): TieredTarget => ({
  namespace: 'shop',
  namespaceLabels: { team: 'a' },
  labels: { app },
  ports: [{ ...port(one), name: 'one' }],
});
const TARGETS = { web: target('web', 1), db: target('db', 3) };
type TargetName = keyof typeof TARGETS;
const NUMBERS = [1, 2, 3];
const PEER: Peer = { namespace: 'shop', namespaceLabels: { team: 'a' }, labels: {}, ips: [] };

type Known = 'yes' | 'no' | 'unknown';

/** How a subject is written, and which targets it selects. */
const SUBJECTS = {
  all: { wire: { namespaces: {} }, of: { web: 'yes', db: 'yes' } },
  web: {
    wire: { pods: { podSelector: { matchLabels: { app: 'web' } } } },
    of: { web: 'yes', db: 'no' },
  },
  nobody: { wire: { namespaces: { matchLabels: { team: 'b' } } }, of: { web: 'no', db: 'no' } },
  nested: {
    wire: { pods: { podSelector: {}, later: {} } },
    of: { web: 'unknown', db: 'unknown' },
  },
} as const satisfies Record<string, { wire: object; of: Record<TargetName, Known> }>;

/** How the source is written, and whether it is ours. */
const SOURCES = {
  ours: { wire: [{ namespaces: { matchLabels: { team: 'a' } } }], is: 'yes' },
  others: { wire: [{ namespaces: { matchLabels: { team: 'b' } } }], is: 'no' },
  none: { wire: [], is: 'no' },
  later: { wire: [{ later: {} }], is: 'unknown' },
  nested: {
    wire: [{ pods: { namespaces: { namespaceSelector: {} }, podSelector: {} } }],
    is: 'unknown',
  },
  operator: {
    wire: [
      { namespaces: { matchExpressions: [{ key: 'team', operator: 'Like', values: ['a'] }] } },
    ],
    is: 'unknown',
  },
  either: { wire: [{ later: {} }, { namespaces: {} }], is: 'yes' },
} as const satisfies Record<string, { wire: readonly object[]; is: Known }>;

/** How ports are written, and which they are. */
const PORTS = {
  every: { wire: {}, holds: () => 'yes' },
  one: { wire: { ports: [{ portNumber: { port: 1 } }] }, holds: (_, n) => yesIf(n === 1) },
  range: { wire: { ports: [{ portRange: { start: 2, end: 3 } }] }, holds: (_, n) => yesIf(n >= 2) },
  destination: {
    wire: { protocols: [{ tcp: { destinationPort: { range: { start: 1, end: 2 } } } }] },
    holds: (_, n) => yesIf(n <= 2),
  },
  name: {
    wire: { protocols: [{ destinationNamedPort: 'one' }] },
    holds: (name, n) => yesIf(n === (name === 'web' ? 1 : 3)),
  },
  nested: {
    wire: { ports: [{ portNumber: { port: 1, later: 1 } }] },
    holds: () => 'unknown',
  },
  'range or nested': {
    wire: { protocols: [{ tcp: { later: {} } }, { tcp: { destinationPort: { number: 2 } } }] },
    holds: (_, n) => (n === 2 ? 'yes' : 'unknown'),
  },
} as const satisfies Record<
  string,
  { wire: object; holds: (target: TargetName, number: number) => Known }
>;

type Rule = {
  action: 'Accept' | 'Deny' | 'Pass';
  source: keyof typeof SOURCES;
  ports: keyof typeof PORTS;
  isLater: boolean;
};
type Policy = {
  tier: 'Admin' | 'Baseline' | 'Middle';
  priority: number;
  subject: keyof typeof SUBJECTS;
  isLater: boolean;
  rules: Rule[];
};

function yesIf(condition: boolean): Known {
  return condition ? 'yes' : 'no';
}

function tieredPolicies(policies: readonly Policy[]): TieredPolicy[] {
  return policies.map(({ tier, priority, subject, isLater, rules }, index) => ({
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: `c${index}` },
    spec: {
      tier,
      priority,
      subject: SUBJECTS[subject].wire,
      ingress: rules.map((rule) => ({
        name: 'a name says nothing',
        action: rule.action,
        from: [...SOURCES[rule.source].wire] as object[],
        ...PORTS[rule.ports].wire,
        ...(rule.isLater && { later: {} }),
      })),
      egress: [{ later: 'nor does egress' }],
      ...(isLater && { later: {} }),
    } as TieredPolicy['spec'],
  }));
}

/** Whether a rule of this world matches; what is not known of it makes the whole unknown. */
function matches({ subject }: Policy, rule: Rule, name: TargetName, number: number): Known {
  const selected = SUBJECTS[subject].of[name];
  if (rule.isLater) return selected === 'no' ? 'no' : 'unknown';
  const parts = [selected, SOURCES[rule.source].is, PORTS[rule.ports].holds(name, number)];
  return parts.includes('no') ? 'no' : parts.includes('unknown') ? 'unknown' : 'yes';
}

function possibleVerdicts(
  policies: readonly Policy[],
  networkPolicy: string,
  name: TargetName,
  number: number,
): Set<string> {
  const known = (each: Policy) => each.rules.map((rule) => matches(each, rule, name, number));
  // Of these nobody can tell what they do, or when.
  const isStrange = (each: Policy) => each.isLater || each.tier === 'Middle';
  const speaks = (each: Policy) =>
    each.isLater ? SUBJECTS[each.subject].of[name] !== 'no' : known(each).some((is) => is !== 'no');
  if (policies.some((each) => isStrange(each) && speaks(each)))
    return new Set(['Allowed', 'Denied']);
  const lines = policies
    .filter((each) => !isStrange(each))
    .map((each) => ({
      ...each,
      rules: each.rules.map((rule, index) => ({ action: rule.action, is: known(each)[index] })),
    }));
  const unknown = lines.flatMap(({ rules }) => rules).filter(({ is }) => is === 'unknown');
  const verdicts = new Set<string>();
  for (const order of permutations(lines)) {
    if (order.some((each, index) => each.priority < (order[index - 1]?.priority ?? 0))) continue;
    for (let assignment = 0; assignment < 2 ** unknown.length; assignment += 1) {
      const holds = (rule: (typeof unknown)[number]) =>
        rule.is === 'yes' ||
        (rule.is === 'unknown' && (assignment & (1 << unknown.indexOf(rule))) !== 0);
      const first = (tier: string) =>
        order.flatMap((each) => (each.tier === tier ? each.rules : [])).find(holds)?.action;
      const [admin, base] = [first('Admin') ?? 'Pass', first('Baseline') ?? 'Pass'];
      const decided = [admin, networkPolicy, base, 'Accept'].find((action) => action !== 'Pass');
      verdicts.add(decided === 'Accept' ? 'Allowed' : 'Denied');
    }
  }
  return verdicts;
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((each, index) =>
    permutations(list.toSpliced(index, 1)).map((rest) => [each, ...rest]),
  );
}

const keys = <T extends object>(of: T) => fc.constantFrom(...(Object.keys(of) as (keyof T)[]));
/** What is not known is seldom, or nothing else would be seen. */
const seldom = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);
const rule: fc.Arbitrary<Rule> = fc.record({
  action: fc.constantFrom('Accept', 'Deny', 'Pass'),
  source: fc.oneof(fc.constantFrom<Rule['source']>('ours', 'later'), keys(SOURCES)),
  ports: fc.oneof(fc.constantFrom<Rule['ports']>('every'), keys(PORTS)),
  isLater: seldom,
});
const policies: fc.Arbitrary<Policy[]> = fc.array(
  fc.record({
    tier: fc.constantFrom('Admin', 'Admin', 'Admin', 'Baseline', 'Baseline', 'Middle'),
    priority: fc.integer({ min: 0, max: 2 }),
    subject: fc.oneof(fc.constantFrom<Policy['subject']>('all'), keys(SUBJECTS)),
    isLater: seldom,
    rules: fc.array(rule, { maxLength: 3 }),
  }),
  { maxLength: 3 },
);
const networkPolicy = fc.constantFrom('Pass', 'Accept', 'Deny');

function networkPoliciesOf(action: string): NetworkPolicy[] {
  if (action === 'Pass') return [];
  return [policy('np', action === 'Accept' ? { ingress: [{}] } : {})];
}

const decide = (set: PolicySet, name: TargetName = 'web') =>
  tieredDecisions(set, PEER)(TARGETS[name])(1, 'TCP');

describe('in a small world of tiers', () => {
  test('the verdict is the one that all possible readings give, or Unknown', () => {
    fc.assert(
      fc.property(policies, networkPolicy, (each, action) => {
        const set = {
          networkPolicies: networkPoliciesOf(action),
          tieredPolicies: tieredPolicies(each),
        };
        const decisions = tieredDecisions(set, PEER);
        for (const name of ['web', 'db'] as const) {
          const ofTarget = decisions(TARGETS[name]);
          for (const number of NUMBERS) {
            const [verdict, ...others] = possibleVerdicts(each, action, name, number);
            const decision = ofTarget(number, 'TCP');
            expect(decision.verdict).toBe(others.length === 0 ? verdict : 'Unknown');
            expect(decision.why === undefined).toBe(others.length === 0);
            expect(decision.why).not.toBe('');
          }
        }
      }),
      runs(80),
    );
  }, 60_000);

  test('who only passes on is named where that is not known, and nowhere else', () => {
    fc.assert(
      fc.property(policies, networkPolicy, (each, action) => {
        const passing = each.map((one) => ({
          ...one,
          isLater: false,
          rules: one.rules.map((every) => ({ ...every, action: 'Pass' as const })),
        }));
        const listed = tieredPolicies(passing.filter(({ tier }) => tier !== 'Middle'));
        const networkPolicies = networkPoliciesOf(action);
        const decision = decide({ networkPolicies, tieredPolicies: listed });
        expect(decision).toEqual(decide({ networkPolicies, tieredPolicies: [] }));
      }),
    );
  });

  test('the order of the list does not matter', () => {
    fc.assert(
      fc.property(policies, networkPolicy, (each, action) => {
        const networkPolicies = networkPoliciesOf(action);
        const listed = tieredPolicies(each);
        expect(decide({ networkPolicies, tieredPolicies: listed.toReversed() })).toEqual(
          decide({ networkPolicies, tieredPolicies: listed }),
        );
      }),
      runs(80),
    );
  });

  test('without tiers it is the decision of the NetworkPolicies', () => {
    fc.assert(
      fc.property(networkPolicy, (action) => {
        const networkPolicies = networkPoliciesOf(action);
        const { allowed, by } = ingressDecision(networkPolicies, TARGETS.web, PEER, 1, 'TCP');
        const verdict = allowed ? 'Allowed' : 'Denied';
        expect(decide({ networkPolicies, tieredPolicies: [] })).toEqual({ verdict, by });
      }),
    );
  });
});
