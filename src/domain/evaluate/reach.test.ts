import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkPolicyIngressRule } from '../../api/kubernetes.ts';
import { policy } from '../../testing/builders.ts';
import { ingressDecision } from './network-policy.ts';
import { reachChanges } from './reach.ts';

const target = {
  namespace: 'shop',
  namespaceLabels: {},
  labels: { app: 'web' },
  ports: [{ port: 8080, protocol: 'TCP' as const, name: 'http', container: 'app' }],
};
const client = { podSelector: { matchLabels: { app: 'client' } } };

const allowing = (...ingress: NetworkPolicyIngressRule[]) => [policy('p', { ingress })];
const shown = (...[before, after]: Parameters<typeof reachChanges>) =>
  reachChanges(before, after, target).map(
    (each) =>
      `${each.first}-${each.last}/${each.protocol}: ${JSON.stringify(each.before)} -> ${JSON.stringify(each.after)}`,
  );

describe('what becomes of who may connect', () => {
  test('the first policy closes all but its ports', () => {
    expect(shown([], allowing({ ports: [{ port: 'http' }] }), target)).toEqual([
      '1-8079/TCP: "everybody" -> []',
      '8081-65535/TCP: "everybody" -> []',
      '1-65535/UDP: "everybody" -> []',
      '1-65535/SCTP: "everybody" -> []',
    ]);
  });

  test('the same said in another order, or twice, is no change', () => {
    const one = allowing({
      ports: [{ port: 80 }, { port: 90 }],
      from: [client, { podSelector: {} }],
    });
    const other = [
      ...allowing({ ports: [{ port: 90 }], from: [{ podSelector: {} }, client] }),
      ...allowing({ ports: [{ port: 80 }, { port: 90 }], from: [{ podSelector: {} }, client] }),
    ];
    expect(shown(one, other, target)).toEqual([]);
  });

  test('a source that goes, and ports that are neighbours', () => {
    const before = allowing({ ports: [{ port: 80 }, { port: 81 }], from: [client] });
    expect(shown(before, allowing(), target)).toEqual([
      `80-81/TCP: ${JSON.stringify([client])} -> []`,
    ]);
  });

  test('agrees with what is decided of connections of everybody', () => {
    const rule = fc.record({
      ports: fc.array(
        fc.record({
          port: fc.integer({ min: 1, max: 6 }),
          protocol: fc.constantFrom('TCP', 'UDP'),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    });
    const rules = fc.option(fc.array(rule, { maxLength: 3 }), { nil: undefined });
    fc.assert(
      fc.property(rules, rules, fc.integer({ min: 1, max: 7 }), (one, other, port) => {
        const [before, after] = [one, other].map((each) => (each ? allowing(...each) : []));
        const isOpen = (policies = before) =>
          ingressDecision(policies ?? [], target, { ips: [] }, port, 'TCP').allowed;
        const change = reachChanges(before ?? [], after ?? [], target).find(
          ({ protocol, first, last }) => protocol === 'TCP' && first <= port && port <= last,
        );
        expect(change !== undefined).toBe(isOpen(before) !== isOpen(after));
      }),
    );
  });
});
