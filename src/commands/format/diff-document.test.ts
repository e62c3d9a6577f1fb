import { expect, test } from 'vitest';
import type { ReachChange } from '../../domain/evaluate/reach.ts';
import { workload } from '../../testing/builders.ts';
import type { Difference } from '../diff/differences.ts';
import { changeDocument, diffDocument } from './diff-document.ts';

const SAME: Difference = {
  found: { value: workload(), manifest: { file: 'a.yaml', line: 7 } } as Difference['found'],
  policy: 'same',
  why: undefined,
  changes: [],
  before: undefined,
  after: undefined,
};
const PEERS = [{ podSelector: {} }];
const CHANGE: ReachChange = {
  protocol: 'TCP',
  first: 80,
  last: 90,
  before: [],
  after: 'everybody',
};

test('the document has every field, whatever is known', () => {
  const held: Difference = { ...SAME, policy: 'changed', why: 'WouldWiden', changes: undefined };
  expect(diffDocument([SAME, held])).toEqual({
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'DiffResult',
    workloads: [
      {
        kind: 'Deployment',
        namespace: 'shop',
        name: 'web',
        file: 'a.yaml',
        line: 7,
        policy: { name: 'web-portlock', change: 'Same', reason: null },
        ports: [],
      },
      expect.objectContaining({
        policy: { name: 'web-portlock', change: 'Changed', reason: 'WouldWiden' },
        ports: null,
      }),
    ],
  });
});

test.each<[Difference['policy'], string]>([
  ['new', 'New'],
  ['changed', 'Changed'],
  ['removed', 'Removed'],
  ['same', 'Same'],
])('a policy that is %s is %s', (policy, change) => {
  expect(diffDocument([{ ...SAME, policy }])).toMatchObject({
    workloads: [{ policy: { change } }],
  });
});

test.each<[ReachChange['before'], object]>([
  ['everybody', { everybody: true, from: null }],
  [PEERS, { everybody: false, from: PEERS }],
  [[], { everybody: false, from: [] }],
])('who may connect is said of before and after: %j', (reach, document) => {
  expect(changeDocument({ ...CHANGE, before: reach })).toMatchObject({ before: document });
  expect(changeDocument({ ...CHANGE, after: reach })).toEqual({
    first: 80,
    last: 90,
    protocol: 'TCP',
    before: { everybody: false, from: [] },
    after: document,
  });
});
