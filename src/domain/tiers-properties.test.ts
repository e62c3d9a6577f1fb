import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import { policy, port } from '../testing/builders.ts';
import { ingressDecision, type Peer } from './evaluate.ts';
import type { TieredPolicy } from './tiered-policy.ts';
import { type PolicySet, tieredDecision } from './tiers.ts';

/**
 * A second reading of the tiers: one line of rules in one order, the first that matches decides. Where
 * the order is open, all orders are gone through; what is not known is taken as matching and as not.
 */
const TARGET = { namespace: 'shop', namespaceLabels: { team: 'a' }, labels: {}, ports: [port(1)] };
const PEER: Peer = { namespace: 'shop', namespaceLabels: { team: 'a' }, labels: {}, ips: [] };

/** Whether a rule of this world matches; the unknown ones by the assignment, in their order. */
type Rule = { action: string; matches: 'yes' | 'no' | 'unknown' };
type Policy = { tier: 'Admin' | 'Baseline'; priority: number; rules: Rule[] };

const FROM = {
  yes: [{ namespaces: { matchLabels: { team: 'a' } } }],
  no: [{ namespaces: { matchLabels: { team: 'b' } } }],
  unknown: [{ later: {} }],
};

function tieredPolicies(policies: readonly Policy[]): TieredPolicy[] {
  return policies.map(({ tier, priority, rules }, index) => ({
    ...{ apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy' },
    metadata: { name: `c${index}` },
    spec: {
      ...{ tier, priority, subject: { namespaces: {} } },
      ingress: rules.map(({ action, matches }) => ({ action, from: FROM[matches] as object[] })),
    },
  }));
}

function possibleVerdicts(policies: readonly Policy[], networkPolicy: string): Set<string> {
  const unknown = policies.flatMap(({ rules }) => rules).filter((r) => r.matches === 'unknown');
  const verdicts = new Set<string>();
  for (const order of permutations(policies)) {
    if (order.some((each, index) => each.priority < (order[index - 1]?.priority ?? 0))) continue;
    for (let assignment = 0; assignment < 2 ** unknown.length; assignment += 1) {
      const matches = (rule: Rule) =>
        rule.matches === 'yes' ||
        (rule.matches === 'unknown' && (assignment & (1 << unknown.indexOf(rule))) !== 0);
      const first = (tier: string) =>
        order.flatMap((each) => (each.tier === tier ? each.rules : [])).find(matches)?.action;
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

const rule = fc.record({
  action: fc.constantFrom('Accept', 'Deny', 'Pass'),
  matches: fc.constantFrom<Rule['matches']>('yes', 'no', 'no', 'unknown'),
});
const policies = fc.array(
  fc.record({
    tier: fc.constantFrom<Policy['tier']>('Admin', 'Baseline'),
    priority: fc.integer({ min: 0, max: 2 }),
    rules: fc.array(rule, { maxLength: 2 }),
  }),
  { maxLength: 4 },
);
const networkPolicy = fc.constantFrom('Pass', 'Accept', 'Deny');

function networkPoliciesOf(action: string): NetworkPolicy[] {
  if (action === 'Pass') return [];
  return [policy('np', action === 'Accept' ? { ingress: [{}] } : {})];
}

const decide = (set: PolicySet) => tieredDecision(set, TARGET, PEER, 1, 'TCP');

describe('in a small world of tiers', () => {
  test('the verdict is the one that all possible readings give, or Unknown', () => {
    fc.assert(
      fc.property(policies, networkPolicy, (each, action) => {
        const [verdict, ...others] = possibleVerdicts(each, action);
        const decision = decide({
          networkPolicies: networkPoliciesOf(action),
          tieredPolicies: tieredPolicies(each),
        });
        expect(decision.verdict).toBe(others.length === 0 ? verdict : 'Unknown');
        expect(decision.why === undefined).toBe(others.length === 0);
        expect(decision.why).not.toBe('');
      }),
      { numRuns: 2000 },
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
      { numRuns: 2000 },
    );
  });

  test('without tiers it is the decision of the NetworkPolicies', () => {
    fc.assert(
      fc.property(networkPolicy, (action) => {
        const networkPolicies = networkPoliciesOf(action);
        const { allowed, by } = ingressDecision(networkPolicies, TARGET, PEER, 1, 'TCP');
        const verdict = allowed ? 'Allowed' : 'Denied';
        expect(decide({ networkPolicies, tieredPolicies: [] })).toEqual({ verdict, by });
      }),
    );
  });
});
