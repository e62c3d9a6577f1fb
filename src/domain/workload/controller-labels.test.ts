import { expect, test } from 'vitest';
import { type PodOwner, selectorOfTemplate } from './controller-labels.ts';

const SET: PodOwner = { kind: 'StatefulSet', name: 'web' };
const DEPLOYMENT: PodOwner = { kind: 'Deployment', name: 'web' };
const DAEMON: PodOwner = { kind: 'DaemonSet', name: 'web' };
const ROLLOUT: PodOwner = { kind: 'Rollout', name: 'web' };
const JOB: PodOwner = { kind: 'Job', name: 'web' };
const CRON_JOB: PodOwner = { kind: 'CronJob', name: 'web' };
const ROLLOUT_HASH = 'rollouts-pod-template-hash';
const NAME = 'statefulset.kubernetes.io/pod-name';
const INDEX = 'apps.kubernetes.io/pod-index';
const HASH = 'pod-template-hash';
const REVISION = 'controller-revision-hash';

test.each<[Record<string, string>, PodOwner, boolean]>([
  [{ [NAME]: 'web-0' }, SET, true],
  [{ [NAME]: 'web-10' }, SET, true],
  [{ [NAME]: 'web-x' }, SET, false],
  [{ [NAME]: 'web-' }, SET, false],
  [{ [NAME]: 'web-1-0' }, SET, false],
  [{ [NAME]: 'other-0' }, SET, false],
  [{ [NAME]: 'web-0' }, DEPLOYMENT, false],
  [{ [INDEX]: '3' }, SET, true],
  [{ [INDEX]: 'x' }, SET, false],
  [{ [INDEX]: '3' }, DAEMON, false],
  [{ [INDEX]: '3', [NAME]: 'other-3' }, SET, false],
  [{ [HASH]: '5d4f' }, DEPLOYMENT, true],
  [{ [HASH]: '5d4f' }, SET, false],
  [{ [REVISION]: '5d4f' }, SET, true],
  [{ [REVISION]: '5d4f' }, DAEMON, true],
  [{ [REVISION]: '5d4f' }, DEPLOYMENT, false],
  [{ 'pod-template-generation': '2' }, DAEMON, true],
  [{ 'pod-template-generation': '2' }, SET, false],
  [{ [ROLLOUT_HASH]: '5d4f' }, ROLLOUT, true],
  [{ [ROLLOUT_HASH]: '5d4f' }, DEPLOYMENT, false],
  [{ [HASH]: '5d4f' }, ROLLOUT, false],
  [{ 'job-name': 'web' }, JOB, true],
  [{ 'batch.kubernetes.io/job-name': 'web' }, JOB, true],
  [{ 'job-name': 'web-29345' }, JOB, false],
  [{ 'job-name': 'web-29345' }, CRON_JOB, true],
  [{ 'job-name': 'other-29345' }, CRON_JOB, false],
  [{ 'job-name': 'web' }, CRON_JOB, false],
  [{ 'job-name': 'web' }, SET, false],
  [{ 'controller-uid': 'u' }, CRON_JOB, true],
  [{ 'batch.kubernetes.io/controller-uid': 'u' }, JOB, true],
  [{ 'batch.kubernetes.io/job-completion-index': '0' }, JOB, true],
  [{ 'batch.kubernetes.io/job-completion-index': '0' }, SET, false],
])('a selector by %j may match pods of %j to come: %s', (labels, owner, expected) => {
  const rest = selectorOfTemplate({ matchLabels: { app: 'web', ...labels } }, owner);
  expect(rest?.matchLabels).toEqual(expected ? { app: 'web' } : undefined);
});

test('a selector by other labels is as it is', () => {
  expect(selectorOfTemplate({ matchLabels: { app: 'web', hash: '5d4f' } }, SET)).toBeUndefined();
});

test.each<[key: string, operator: string, values: string[], PodOwner, boolean]>([
  [HASH, 'Exists', [], DEPLOYMENT, true],
  [HASH, 'Exists', [], SET, false],
  [NAME, 'Exists', [], SET, true],
  ['job-name', 'Exists', [], JOB, true],
  [INDEX, 'In', ['x', '3'], SET, true],
  [INDEX, 'In', ['x'], SET, false],
  [INDEX, 'NotIn', ['0'], SET, true],
  [HASH, 'NotIn', ['5d4f'], SET, true],
  [HASH, 'DoesNotExist', [], DEPLOYMENT, false],
  [HASH, 'DoesNotExist', [], SET, true],
])(
  'an expression %s %s %j may hold of pods of %j to come: %s',
  (key, operator, values, owner, expected) => {
    const other = { key: 'app', operator: 'In', values: ['web'] };
    const rest = selectorOfTemplate(
      { matchExpressions: [{ key, operator, values }, other] },
      owner,
    );
    expect(rest).toEqual(expected ? { matchLabels: {}, matchExpressions: [other] } : undefined);
  },
);
