import { describe, expect, test } from 'vitest';
import { workload } from '../../testing/builders.ts';
import { NO_PODS, type Workload } from '../workload/workload.ts';
import type { OptedIn } from './opted-in.ts';
import { sharedPodLabels, untoldPods } from './untold-pods.ts';

describe('which pods are meant', () => {
  test.each<[string, Partial<Workload>, string | undefined]>([
    ['is told by a selector', {}, undefined],
    ['is not told by none', { kind: 'CronJob', selector: NO_PODS }, 'NoPodLabels'],
    [
      'is told by a selector that has half of what matches nothing',
      { selector: { matchExpressions: (NO_PODS.matchExpressions ?? []).slice(0, 1) } },
      undefined,
    ],
    [
      'is told by a template that another lends',
      { kind: 'Rollout', templateOf: { kind: 'Deployment', name: 'web', isFound: true } },
      undefined,
    ],
    [
      'is not told by one that is not there',
      { kind: 'Rollout', templateOf: { kind: 'Deployment', name: 'lender', isFound: false } },
      'TemplateNotFound',
    ],
  ])('%s', (_what, fields, reason) => {
    expect(untoldPods(workload(fields))?.reason).toBe(reason);
  });

  test('the words name whom to create, or the label to set', () => {
    const templateOf = { kind: 'Deployment', name: 'lender', isFound: false };
    expect(untoldPods(workload({ kind: 'Rollout', templateOf }))?.message).toContain(
      'the template of Deployment shop/lender, which is not there',
    );
    const cronJob = workload({ kind: 'CronJob', name: 'nightly', selector: NO_PODS });
    expect(untoldPods(cronJob)?.message).toContain('set cronjob-name: nightly in spec.jobTemplate');
  });
});

describe('a CronJob whose pods look like those of others', () => {
  const shared = (kind: Workload['kind'], otherOwners: string[], inForce?: object) =>
    sharedPodLabels(
      { workload: workload({ kind, name: 'nightly' }), own: { inForce } } as unknown as OptedIn,
      { otherOwners },
    );

  test.each([
    ['has a policy none of its own', 'CronJob', ['Job/a'], undefined, 'PodLabelsShared'],
    ['keeps the policy that it has', 'CronJob', ['Job/a'], {}, undefined],
    ['is none without others', 'CronJob', [], undefined, undefined],
    ['is none where it is a Deployment', 'Deployment', ['Job/a'], undefined, undefined],
  ] as const)('%s', (_what, kind, otherOwners, inForce, reason) => {
    expect(shared(kind, [...otherOwners], inForce)?.reason).toBe(reason);
  });

  test.each([
    [1, 'pods of a have'],
    [3, 'pods of a, b, c have'],
    [4, 'pods of a, b, c and 1 more have'],
    [5, 'pods of a, b, c and 2 more have'],
  ])('names three of %d others', (count, words) => {
    const message = shared('CronJob', ['a', 'b', 'c', 'd', 'e'].slice(0, count))?.message;
    expect(message).toContain(words);
    expect(message).toContain('add cronjob-name: nightly to');
  });
});
