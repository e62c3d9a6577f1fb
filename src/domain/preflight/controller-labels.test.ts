import { expect, test } from 'vitest';
import { type PodOwner, selectorOfTemplate } from './controller-labels.ts';

const SET: PodOwner = { kind: 'StatefulSet', name: 'web' };
const DEPLOYMENT: PodOwner = { kind: 'Deployment', name: 'web' };
const DAEMON: PodOwner = { kind: 'DaemonSet', name: 'web' };
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
])('a selector by %j may match pods of %j to come: %s', (labels, owner, expected) => {
  const rest = selectorOfTemplate({ app: 'web', ...labels }, owner);
  expect(rest).toEqual(expected ? { app: 'web' } : undefined);
});

test('a selector by other labels is as it is', () => {
  expect(selectorOfTemplate({ app: 'web', hash: '5d4f' }, SET)).toBeUndefined();
});
