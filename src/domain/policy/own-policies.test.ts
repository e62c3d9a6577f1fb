import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { snapshot, workload } from '../../testing/builders.ts';
import { ownPolicy } from '../../testing/own-policy.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonicalJson } from '../text/canonical.ts';
import { ownPolicies } from './own-policies.ts';

const OURS = ownPolicy(workload(), [8080]);
const FORMER = ownPolicy(workload(), [8080], 'web-former');
const RECREATED = ownPolicy(workload({ uid: 'uid-old' }), [8080]);
const OTHER_PODS = ownPolicy(workload({ selector: { matchLabels: { app: 'other' } } }), [8080]);
const FOREIGN: NetworkPolicy = { ...OURS, metadata: { name: 'web-portlock', namespace: 'shop' } };
const BEFORE = ownPolicy(workload(), [8080, 9090]);

const remembered = (policy: NetworkPolicy) => ({ lastApplied: canonicalJson(policy) });
const own = (fields: Partial<Snapshot>) => ownPolicies(snapshot(fields));

test.each<[string, 'none' | 'ours' | 'foreign', NetworkPolicy[]]>([
  ['nobody', 'none', [FORMER]],
  ['portlock', 'ours', [FORMER, OURS]],
  ['somebody else', 'foreign', [FORMER, FOREIGN]],
])('a policy of the workload’s name is that of %s', (_whose, kind, policies) => {
  const { live, former } = own({ policies });
  expect(live).toEqual({ kind, policy: policies[1] });
  expect(former).toEqual([FORMER]);
});

describe('the policy in force', () => {
  test.each<[string, NetworkPolicy | undefined, Partial<Snapshot>]>([
    ['is none where none is known', undefined, {}],
    ['is the one that is there', OURS, { policies: [OURS] }],
    [
      'is the one that was there before an edit',
      BEFORE,
      { policies: [OURS], ...remembered(BEFORE) },
    ],
    ['is the one that was deleted', BEFORE, remembered(BEFORE)],
    ['is that of a former name where there is no other', FORMER, { policies: [FORMER] }],
    ['has the name of now before a former one', OURS, { policies: [FORMER, OURS] }],
    ['is never somebody else’s of the same name', undefined, { policies: [FOREIGN] }],
    ['is ours of a former name beside somebody else’s', FORMER, { policies: [FOREIGN, FORMER] }],
    ['is not one about other pods', undefined, { policies: [OTHER_PODS] }],
    [
      'is the live one where other pods are remembered',
      OURS,
      { policies: [OURS], ...remembered(OTHER_PODS) },
    ],
    ['may be that of a workload that was recreated', RECREATED, remembered(RECREATED)],
    ['is none of a workload that is gone', undefined, { policies: [OURS], workload: undefined }],
  ])('%s', (_what, expected, fields) => {
    expect(own(fields).inForce).toEqual(expected);
  });
});

test('what was last in force is remembered of this very workload only', () => {
  expect(own(remembered(BEFORE)).last).toEqual(BEFORE);
  expect(own(remembered(RECREATED)).last).toBeUndefined();
  expect(own({ policies: [OURS] }).last).toBeUndefined();
});
