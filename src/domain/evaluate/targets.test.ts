import { expect, test } from 'vitest';
import { namespace, pod, policy, port, workload } from '../../testing/builders.ts';
import type { Pod } from '../workload/workload.ts';
import { policyTargets } from './targets.ts';

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
