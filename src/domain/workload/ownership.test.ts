import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { carriedOut, policy, snapshot, workload } from '../../testing/builders.ts';
import { decide } from '../decide.ts';
import type { Snapshot } from '../snapshot.ts';
import { type OwnPolicy, ownPolicy } from './ownership.ts';

const STATEFUL_SET = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' } as const;
const MANAGED = { 'app.kubernetes.io/managed-by': 'portlock' };

function named(name: string, metadata: Partial<NetworkPolicy['metadata']>): NetworkPolicy {
  const each = policy(name);
  return { ...each, metadata: { ...each.metadata, ...metadata } };
}

function owner(fields: Partial<typeof STATEFUL_SET> & { controller?: boolean }) {
  return [{ ...STATEFUL_SET, uid: 'uid-before', controller: true, ...fields }];
}

test.each<[string, NetworkPolicy, OwnPolicy['kind']]>([
  [
    'ours, whatever the uid of the owner',
    named('web-statefulset-portlock', { labels: MANAGED, ownerReferences: owner({}) }),
    'ours',
  ],
  [
    'of our name, without a controller: an orphaning delete took it off',
    named('web-statefulset-portlock', { labels: MANAGED }),
    'ours',
  ],
  [
    'of our name, with an owner that is no controller',
    named('web-statefulset-portlock', {
      labels: MANAGED,
      ownerReferences: owner({ controller: false }),
    }),
    'ours',
  ],
  ['of our name, without our label', named('web-statefulset-portlock', {}), 'foreign'],
  ['of another name, without a controller', named('web-portlock', { labels: MANAGED }), 'none'],
  [
    'of another owner',
    named('web-statefulset-portlock', {
      labels: MANAGED,
      ownerReferences: owner({ name: 'other' as 'web' }),
    }),
    'foreign',
  ],
])('a policy %s', (_what, each, expected) => {
  expect(ownPolicy([policy('other'), each], STATEFUL_SET)).toEqual({
    kind: expected,
    policy: expected === 'none' ? undefined : each,
  });
});

describe('kubectl delete --cascade=orphan', () => {
  const before = snapshot();
  const enforced = carriedOut(before, decide(before));
  /** The garbage collector has taken the owner references off. */
  const orphaned = (fields: Partial<Snapshot>): Snapshot => ({
    ...enforced,
    policies: enforced.policies.map((each) => ({
      ...each,
      metadata: { ...each.metadata, ownerReferences: [] },
    })),
    ...fields,
  });

  test('the recreated workload gets its policy back, with the new owner', () => {
    const plan = decide(orphaned({ workload: workload({ uid: 'uid-new' }) }));
    expect(plan.policy).toMatchObject({
      do: 'apply',
      policy: { metadata: { ownerReferences: [{ uid: 'uid-new', controller: true }] } },
      live: { metadata: { name: 'web-portlock' } },
    });
  });

  test.each([
    ['gone', undefined],
    ['off', workload({ mode: 'off' })],
    ['without a label', workload({ mode: undefined })],
    ['in audit mode', workload({ mode: 'audit' })],
  ])('a workload that is %s leaves no policy behind', (_what, current) => {
    expect(decide(orphaned({ workload: current })).policy.do).toBe('delete');
  });
});
