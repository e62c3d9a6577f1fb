import { expect, test } from 'vitest';
import type { LabelSelector } from '../../api/kubernetes.ts';
import { awaitedLabels, type PodsToCome } from './awaited-labels.ts';

const WEB: PodsToCome = {
  owner: { kind: 'StatefulSet', name: 'web' },
  selector: { matchLabels: { app: 'web' } },
  labels: { app: 'web', team: 'data' },
};
const role = (operator: string, values: string[] = []): LabelSelector => ({
  matchLabels: { app: 'web' },
  matchExpressions: [{ key: 'role', operator, values }],
});

test.each<[string, LabelSelector, string | undefined]>([
  ['a label more', { matchLabels: { app: 'web', role: 'primary' } }, 'role=primary'],
  ['several, sorted', { matchLabels: { app: 'web', z: '1', a: '2' } }, 'a=2,z=1'],
  ['one of some values', role('In', ['primary', 'standby']), 'role in (primary,standby)'],
  ['one of any value', role('Exists'), 'role'],
  ['none, where an expression keeps it away', role('DoesNotExist'), undefined],
  ['none, where others are kept away', role('NotIn', ['primary']), undefined],
  ['no more than the template has', { matchLabels: { app: 'web', team: 'data' } }, undefined],
  [
    'another value of a label of the template',
    { matchLabels: { app: 'web', team: 'web', role: 'primary' } },
    undefined,
  ],
  ['less than the workload itself does', { matchLabels: { role: 'primary' } }, undefined],
  [
    'what its controller adds, and more',
    { matchLabels: { app: 'web', 'apps.kubernetes.io/pod-index': '0', role: 'primary' } },
    'role=primary',
  ],
  [
    'what its controller does not add',
    { matchLabels: { app: 'web', 'pod-template-hash': 'a' } },
    undefined,
  ],
  [
    'what its controller does not add, and more',
    { matchLabels: { app: 'web', 'job-name': 'web', role: 'primary' } },
    undefined,
  ],
  [
    'what its controller does not add, by an expression',
    {
      matchLabels: { app: 'web', role: 'primary' },
      matchExpressions: [{ key: 'job-name', operator: 'Exists' }],
    },
    undefined,
  ],
])('a selector that asks for %s awaits as it should', (_what, selector, expected) => {
  expect(awaitedLabels(selector, WEB)?.labels).toBe(expected);
});

test('what is asked for beside such labels is left', () => {
  const other = { key: 'team', operator: 'Exists' };
  const matchExpressions = [...(role('Exists').matchExpressions ?? []), other];
  const selector = { matchLabels: { app: 'web', active: 'true' }, matchExpressions };
  expect(awaitedLabels(selector, WEB)?.rest).toEqual({
    matchLabels: { app: 'web' },
    matchExpressions: [other],
  });
});
