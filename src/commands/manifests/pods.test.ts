import { describe, expect, test } from 'vitest';
import type { Intermediate, Workload } from '../../domain/workload/workload.ts';
import { pod, template, workload } from '../../testing/builders.ts';
import { ManifestPods, nameOf } from './pods.ts';

const REPLICA_SET: Intermediate = {
  kind: 'ReplicaSet',
  namespace: 'shop',
  name: 'web-rs',
  uid: 'uid-rs',
  ownerKind: 'Deployment',
  ownerName: 'web',
  ownerUid: 'uid-web',
  labels: {},
};

const all: Workload = workload({ name: 'all', uid: 'uid-all', selector: {} });
const other = (labels: Record<string, string>) =>
  workload({ name: 'other', uid: 'uid-other', template: template({ labels }) });
const owners = (pods: readonly { owner: string }[]) => pods.map(({ owner }) => owner);

describe('a pod belongs', () => {
  test.each<[string, Intermediate[], Parameters<typeof pod>[0], string]>([
    ['to the owner of its ReplicaSet', [REPLICA_SET], {}, 'Deployment/web'],
    ['to its owner, where that is all that is known', [], {}, 'ReplicaSet/web-rs'],
    [
      'to itself, where it has none',
      [],
      { ownerKind: undefined, ownerUid: undefined },
      'Pod/web-1',
    ],
    [
      'to nobody of another namespace',
      [{ ...REPLICA_SET, namespace: 'else' }],
      {},
      'ReplicaSet/web-rs',
    ],
  ])('%s', (_whom, links, fields, owner) => {
    const pods = new ManifestPods([pod(fields)], links, []);
    expect(owners(pods.podsSelectedBy(workload()))).toEqual([owner]);
  });
});

describe('the pods of a workload are those that it owns', () => {
  const podsOf = (fields: Parameters<typeof pod>[0], of = workload()) =>
    new ManifestPods([pod(fields)], [REPLICA_SET], []).podsOf(of).map(({ name }) => name);
  test('itself, or through a ReplicaSet', () => {
    expect(podsOf({})).toEqual(['web-1']);
    expect(podsOf({ ownerUid: 'uid-web' })).toEqual(['web-1']);
  });
  test('and not what only has its labels', () => {
    expect(podsOf({ ownerUid: 'uid-other' })).toEqual([]);
  });
  test('and none where it has no uid, as when it was written by hand', () => {
    expect(podsOf({ ownerUid: undefined }, workload({ uid: '' }))).toEqual([]);
  });
  test('and not those that its selector does not match', () => {
    expect(podsOf({ labels: { app: 'db' } })).toEqual([]);
  });
});

describe('a selector selects', () => {
  test('live pods only', () => {
    const pods = new ManifestPods([pod({ live: false })], [], []);
    expect(pods.podsSelectedBy(workload())).toEqual([]);
  });

  test('the pods that other workloads would make, where they have none', () => {
    const made = other({ app: 'web', tier: 'x' });
    const [found, ...more] = new ManifestPods([], [], [made]).podsSelectedBy(workload());
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      name: 'other',
      owner: 'Deployment/other',
      labels: { app: 'web', tier: 'x' },
      ports: made.template.ports,
      templateHash: made.template.hash,
      ips: [],
      ready: false,
      live: true,
      terminating: false,
    });
  });

  test('no pods to come of workloads that have some', () => {
    const made = other({ app: 'web' });
    const its = pod({ ownerKind: 'Deployment', ownerName: 'other', ownerUid: 'uid-other' });
    expect(owners(new ManifestPods([its], [], [made]).podsSelectedBy(workload()))).toEqual([
      'Deployment/other',
    ]);
  });

  test('nothing of the workload itself, of another namespace, or with other labels', () => {
    const web = workload();
    const elsewhere = { ...other({ app: 'web' }), namespace: 'else' };
    const pods = new ManifestPods(
      [pod({ namespace: 'else' })],
      [],
      [web, elsewhere, other({ app: 'db' })],
    );
    expect(pods.podsSelectedBy(web)).toEqual([]);
    expect(pods.overlapping(web)).toEqual([]);
    expect(pods.overlapping(all).map(nameOf)).toEqual(['Deployment/web', 'Deployment/other']);
  });
});

test('pods without a uid are told apart', () => {
  const pods = ['a', 'b'].map((name) => pod({ name, uid: '' }));
  const found = new ManifestPods(pods, [], []).podsSelectedBy(workload());
  expect(new Set(found.map(({ uid }) => uid)).size).toBe(2);
});
