import { expect, test } from 'vitest';
import { namespace, pod, policy, port, workload } from '../../testing/builders.ts';
import type { Pod } from '../workload/workload.ts';
import { policyTargets, targetsToCome } from './targets.ts';
import type { TieredPolicy } from './tiered-policy.ts';

const NO_OTHERS = { tieredPolicies: [], pluginPolicies: [] };

test('pods that differ in ports are two, in an order that is not that of the pods', () => {
  const named = policy('named');
  const pods = [pod({ ports: [port(1)] }), pod({ uid: '2', ports: [port(65_535)] })];
  const targets = (of: typeof pods) =>
    policyTargets(workload(), namespace(), of, { networkPolicies: [named], ...NO_OTHERS });
  expect(targets(pods)).toHaveLength(2);
  expect(targets([...pods].reverse())).toEqual(targets(pods));
});

test.each<[string, Partial<Pod>]>([
  ['ports', { ports: [port(1)] }],
  ['annotations', { annotations: { 'portlock.dev/x': '' } }],
  ['a label that a policy asks for', { labels: { app: 'web', tier: 'front' } }],
])('pods that share all but %s are two', (_what, fields) => {
  const first = pod();
  const networkPolicies = [policy('tier', { podSelector: { matchLabels: { tier: 'front' } } })];
  const all = { networkPolicies, ...NO_OTHERS };
  const pods = [first, { ...first, ...fields }];
  expect(policyTargets(workload(), namespace(), pods, all)).toHaveLength(2);
});

test('pods that differ in a label that no policy asks for are one', () => {
  const pods = [pod({ labels: { app: 'web', id: '1' } }), pod({ labels: { app: 'web', id: '2' } })];
  const all = { networkPolicies: [], ...NO_OTHERS };
  expect(policyTargets(workload(), namespace(), pods, all)).toHaveLength(1);
});

test('pods to come have labels that a controller adds, with each value that a policy asks for', () => {
  const key = 'pod-template-hash';
  const byExpression = policy('in', {
    podSelector: { matchExpressions: [{ key, operator: 'NotIn', values: ['a'] }] },
  });
  const subject = { pods: { namespaceSelector: {}, podSelector: { matchLabels: { [key]: 'b' } } } };
  const tiered: TieredPolicy = {
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: 'AdminNetworkPolicy',
    metadata: { name: 'tier' },
    spec: { priority: 1, subject, ingress: [] },
  };
  const all = { networkPolicies: [byExpression, policy('all')], tieredPolicies: [tiered] };
  const hashes = targetsToCome(workload(), namespace(), all).map(({ labels }) => labels[key]);
  expect(hashes).toEqual(['?', 'a', 'b']);
});
