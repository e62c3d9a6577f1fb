import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { policy, snapshot, workload } from '../../testing/builders.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonicalJson } from '../text/canonical.ts';
import { UNSAID } from '../workload/allow-from.ts';
import type { Intent } from './intent.ts';
import { ownPolicies } from './own-policies.ts';
import { buildPolicy } from './policy.ts';
import { desiredPolicy, formerToRemove, inForce, policyStep } from './policy-step.ts';

const PORTS = [{ port: 8080, protocol: 'TCP', containers: ['app'] }] as const;
const DESIRED = buildPolicy(workload(), PORTS, UNSAID, 'portlock-system');
const FOREIGN = policy('web-portlock');

/** The policy with other metadata than it was written with. */
function withMetadata(fields: Partial<NetworkPolicy['metadata']>): NetworkPolicy {
  return { ...DESIRED, metadata: { ...DESIRED.metadata, ...fields } };
}

/** What the API server and others add does not make it another policy. */
const LIVE = withMetadata({
  uid: 'uid-policy',
  resourceVersion: '7',
  labels: { 'app.kubernetes.io/managed-by': 'portlock', team: 'shop' },
  annotations: { note: 'mine' },
});
const OPENED: NetworkPolicy = { ...LIVE, spec: { ...LIVE.spec, ingress: [{}] } };
const OTHER_UID = withMetadata({
  ownerReferences: DESIRED.metadata.ownerReferences?.map((each) => ({ ...each, uid: 'old' })) ?? [],
});

const ORPHAN = withMetadata({ ownerReferences: [] });

const APPLY: Intent = { kind: 'apply', policy: DESIRED };
const HOLD: Intent = { kind: 'hold', reason: 'InvalidMode', message: 'typo', stalled: true };
const REMOVE: Intent = {
  kind: 'remove',
  reason: 'AuditMode',
  message: 'audit',
  proposed: DESIRED,
  stalled: false,
};
const FAILED: Intent = { kind: 'failed', reason: 'Forbidden', message: 'no', stalled: true };

function seen(live: NetworkPolicy | undefined, lastApplied?: NetworkPolicy) {
  return ownPolicies(
    snapshot({
      policies: live ? [policy('another'), live] : [policy('another')],
      lastApplied: lastApplied && canonicalJson(lastApplied),
    }),
  );
}

const NOTHING = { do: 'nothing' };

describe('a policy that should be in force', () => {
  test.each<[string, NetworkPolicy | undefined]>([
    ['is not there', undefined],
    ['was opened by somebody', OPENED],
    ['lost the label by which portlock knows its own', withMetadata({ labels: {} })],
    [
      'has another value in that label',
      withMetadata({ labels: { 'app.kubernetes.io/managed-by': 'helm' } }),
    ],
    ['has no labels at all', withMetadata({ labels: undefined as never })],
    ['lost its owner', ORPHAN],
    ['belongs to the workload that was there before', OTHER_UID],
  ])('and %s is applied', (_what, live) => {
    expect(policyStep(seen(live), APPLY)).toEqual({ do: 'apply', policy: DESIRED, live });
  });

  test('and is, whatever else stands on it, is left alone', () => {
    expect(policyStep(seen(DESIRED), APPLY)).toEqual(NOTHING);
    expect(policyStep(seen(LIVE), APPLY)).toEqual(NOTHING);
    expect(inForce(LIVE, DESIRED)).toBe(true);
  });

  test('is desired', () => {
    expect(desiredPolicy(seen(undefined), APPLY)).toBe(DESIRED);
  });
});

describe('a policy that should not be there', () => {
  test('is deleted where it is ours, and nobody else’s is', () => {
    expect(policyStep(seen(OPENED), REMOVE)).toEqual({ do: 'delete', live: OPENED });
    expect(policyStep(seen(FOREIGN), REMOVE)).toEqual(NOTHING);
    expect(policyStep(seen(undefined), REMOVE)).toEqual(NOTHING);
    expect(desiredPolicy(seen(OPENED, DESIRED), REMOVE)).toBeUndefined();
  });
});

describe('while the policy is held', () => {
  test.each<[string, NetworkPolicy | undefined]>([
    ['an edit', OPENED],
    ['a deletion', undefined],
    ['a loss of the owner', ORPHAN],
  ])('%s of what was last in force is undone', (_what, live) => {
    expect(policyStep(seen(live, DESIRED), HOLD)).toEqual({ do: 'apply', policy: DESIRED, live });
    expect(desiredPolicy(seen(live, DESIRED), HOLD)).toEqual(DESIRED);
  });

  test('a foreign policy in its place is left alone', () => {
    expect(policyStep(seen(FOREIGN, DESIRED), HOLD)).toEqual(NOTHING);
  });

  test('nothing is done where it is as it was last, or nobody knows how it was', () => {
    expect(policyStep(seen(LIVE, DESIRED), HOLD)).toEqual(NOTHING);
    expect(policyStep(seen(OPENED), HOLD)).toEqual(NOTHING);
    expect(desiredPolicy(seen(OPENED), HOLD)).toBeUndefined();
  });

  test('that of a workload which had the name before is not put back', () => {
    expect(policyStep(seen(undefined, OTHER_UID), HOLD)).toEqual(NOTHING);
    expect(desiredPolicy(seen(undefined, OTHER_UID), HOLD)).toBeUndefined();
  });
});

test('what could not be written is not tried again in the same turn', () => {
  expect(policyStep(seen(OPENED), FAILED)).toEqual(NOTHING);
  expect(desiredPolicy(seen(OPENED, DESIRED), FAILED)).toBeUndefined();
});

describe('what has a former name', () => {
  const FORMER = withMetadata({ name: 'web-former' });
  const REPORT = { metadata: { name: 'former' } } as never;
  const leftBehind = (live: NetworkPolicy | undefined, isLeader = true) =>
    snapshot({
      policies: live ? [FORMER, live] : [FORMER],
      formerReports: [REPORT],
      role: { policy: isLeader, probe: true, secondProbe: false, hasSecond: false },
    });

  const removed = (before: Snapshot, intent: Intent | undefined) =>
    formerToRemove(before, ownPolicies(before), intent);

  test.each<[string, NetworkPolicy | undefined, Intent | undefined, boolean]>([
    ['goes with the workload', undefined, undefined, true],
    ['goes once the policy is applied', undefined, APPLY, true],
    ['stays while it is the last good one', undefined, HOLD, false],
    ['stays while a foreign policy has the name', FOREIGN, HOLD, false],
    ['goes while the policy of the right name is held', LIVE, HOLD, true],
  ])('%s', (_what, live, intent, goes) => {
    const { policies, reports } = removed(leftBehind(live), intent);
    expect(policies).toEqual(goes ? [FORMER] : []);
    expect(reports).toEqual([REPORT]);
  });

  test('is the leader’s to remove', () => {
    expect(removed(leftBehind(undefined, false), APPLY)).toEqual({
      policies: [],
      reports: [],
    });
  });
});
