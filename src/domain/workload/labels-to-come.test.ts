import { expect, test } from 'vitest';
import type { PodOwner } from './controller-labels.ts';
import { labelsToCome } from './labels-to-come.ts';

const SET: PodOwner = { kind: 'StatefulSet', name: 'web' };
const NAME = 'statefulset.kubernetes.io/pod-name';
const INDEX = 'apps.kubernetes.io/pod-index';
const HASH = 'pod-template-hash';
const REVISION = 'controller-revision-hash';
const JOB_NAME = 'batch.kubernetes.io/job-name';
const JOB_UID = 'batch.kubernetes.io/controller-uid';

test.each<[PodOwner['kind'], Record<string, string>]>([
  ['Deployment', { [HASH]: '?' }],
  ['StatefulSet', { [NAME]: '?', [INDEX]: '?', [REVISION]: '?' }],
  ['DaemonSet', { [REVISION]: '?', 'pod-template-generation': '?' }],
  ['Rollout', { 'rollouts-pod-template-hash': '?' }],
  ['ReplicaSet', {}],
  ['Job', { [JOB_NAME]: 'web', 'job-name': 'web', [JOB_UID]: '?', 'controller-uid': '?' }],
  ['CronJob', { [JOB_NAME]: '?', 'job-name': '?', [JOB_UID]: '?', 'controller-uid': '?' }],
])('pods of a %s to come will have %j', (kind, expected) => {
  expect(labelsToCome({ kind, name: 'web' }, [])).toEqual([expected]);
});

test('of values that somebody asks for, those count that a pod may get, each once', () => {
  const asked = [
    [HASH, 'a'],
    [HASH, 'b'],
    [HASH, 'a'],
    [REVISION, 'c'],
    ['app', 'web'],
  ] as const;
  const found = labelsToCome({ kind: 'Deployment', name: 'web' }, asked);
  expect(found).toEqual([{ [HASH]: '?' }, { [HASH]: 'a' }, { [HASH]: 'b' }]);
});

test.each<[string, readonly [string, string], Record<string, string>]>([
  ['the name of a replica its number', [NAME, 'web-2'], { [NAME]: 'web-2', [INDEX]: '2' }],
  ['its number its name', [INDEX, '2'], { [NAME]: 'web-2', [INDEX]: '2' }],
  ['its revision neither', [REVISION, 'x'], { [NAME]: '?', [INDEX]: '?', [REVISION]: 'x' }],
])('by %s is known', (_what, asked, expected) => {
  expect(labelsToCome(SET, [asked])[1]).toEqual({ [REVISION]: '?', ...expected });
});

test('of more values than anybody means, the same are looked at in whichever order', () => {
  const asked = Array.from({ length: 100 }, (_, index): [string, string] => [HASH, `${index}`]);
  const owner: PodOwner = { kind: 'Deployment', name: 'web' };
  const found = labelsToCome(owner, asked);
  expect(found).toHaveLength(65);
  expect(labelsToCome(owner, asked.toReversed())).toEqual(found);
});

test.each([
  ['job-name', 'web-1', [JOB_NAME, 'job-name']],
  [JOB_NAME, 'web-1', [JOB_NAME, 'job-name']],
  ['controller-uid', 'u', [JOB_UID, 'controller-uid']],
  [JOB_UID, 'u', [JOB_UID, 'controller-uid']],
] as const)('by %s a Job of a CronJob has both of its keys', (key, value, keys) => {
  const [, found = {}] = labelsToCome({ kind: 'CronJob', name: 'web' }, [[key, value]]);
  expect(Object.keys(found).filter((each) => found[each] === value)).toEqual(keys);
});

test('pods of a Job may have a completion index where somebody asks for one', () => {
  const key = 'batch.kubernetes.io/job-completion-index';
  const [unknown, known] = labelsToCome({ kind: 'Job', name: 'web' }, [[key, '0']]);
  expect([unknown?.[key], known?.[key]]).toEqual([undefined, '0']);
});
