import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { policy, workload } from '../../testing/builders.ts';
import { optedIn } from '../../testing/intent-builders.ts';
import { ownPolicy } from '../../testing/own-policy.ts';
import type { PolicyTarget } from '../evaluate/targets.ts';
import type { ListedPort } from '../workload/port-text.ts';
import type { Sources } from '../workload/sources.ts';
import { isolatedAlready } from './isolated-already.ts';

const target = (labels: Record<string, string> = {}): PolicyTarget => ({
  namespace: 'shop',
  namespaceLabels: {},
  labels: { app: 'web', ...labels },
  annotations: {},
  ports: [],
});
const TARGETS = [target(), target({ tier: 'x' })];
const DENY = policy('default-deny');
const OWN = ownPolicy(workload(), [53, 8080]);
const PORT = { port: 53, protocol: 'TCP' } as const;

const isolated = (policies: NetworkPolicy[], port: ListedPort = PORT, letIn: Sources = []) =>
  isolatedAlready(optedIn({ policies }), TARGETS)(port, letIn);

describe('nobody can lose a port to ours', () => {
  test.each<[string, string[], NetworkPolicy[]]>([
    ['where all pods are isolated', ['a', 'default-deny'], [DENY, policy('a', { ingress: [{}] })]],
    [
      'where each is by another policy',
      ['some', 'x'],
      [
        policy('x', { podSelector: { matchLabels: { tier: 'x' } } }),
        policy('some', {
          podSelector: { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] },
        }),
      ],
    ],
    ['unless there is no policy', [], []],
    [
      'unless some pods are not',
      [],
      [policy('x', { podSelector: { matchLabels: { tier: 'x' } } })],
    ],
    ['unless it is about egress', [], [policy('out', { policyTypes: ['Egress'] })]],
    ['unless it is ours', [], [OWN]],
    // Ours is what keeps it open: without it the others would close it.
    ['unless ours alone lets it in', [], [DENY, OWN]],
    [
      'unless others let in fewer than ours',
      [],
      [policy('a', { ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 53 }] }] }), OWN],
    ],
    [
      'where another goes on allowing it',
      ['dns'],
      [policy('dns', { ingress: [{ ports: [{ port: 53 }] }] }), OWN],
    ],
  ])('%s: %j', (_where, expected, policies) => {
    expect(isolated(policies)).toEqual(expected);
  });

  test('that ours goes on allowing to whom it does', () => {
    expect(isolated([DENY, OWN], PORT, ['any'])).toEqual(['default-deny']);
    expect(isolated([DENY, OWN], PORT, ['same-namespace'])).toEqual([]);
  });

  test('that ours does not allow, whatever else it does', () => {
    expect(isolated([DENY, OWN], { ...PORT, port: 9090 })).toEqual(['default-deny']);
  });
});
