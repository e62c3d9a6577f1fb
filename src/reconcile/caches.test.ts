import { describe, expect, test } from 'vitest';
import type { Intermediate, Pod } from '../domain/workload/workload.ts';
import { pod, workload } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { emptyCaches } from '../testing/reconcile-context.ts';

const RS: Intermediate = {
  kind: 'ReplicaSet',
  namespace: 'shop',
  name: 'web-rs',
  uid: 'uid-rs',
  labels: { app: 'web', 'pod-template-hash': 'a' },
  ownerUid: 'uid-web',
  ownerKind: 'Deployment',
  ownerName: 'web',
};

/** The workload web with one ReplicaSet and one pod, and what else is there. */
function cachesWith({
  pods = [],
  replicaSets = [],
}: {
  pods?: Pod[];
  replicaSets?: Intermediate[];
}) {
  const caches = emptyCaches();
  fillStore(caches.workloads.Deployment, [workload()]);
  fillStore(caches.workloads.ReplicaSet, [RS, ...replicaSets]);
  fillStore(caches.pods, [pod(), ...pods]);
  return caches;
}

describe('whoever may create pods elsewhere', () => {
  const evil = { namespace: 'evil', uid: 'uid-evil', name: 'evil-1' };

  test('adds none to a workload by a reference to its ReplicaSet', () => {
    const caches = cachesWith({ pods: [pod({ ...evil, ownerUid: 'uid-rs' })] });
    expect(caches.podsOf(workload()).map(({ name }) => name)).toEqual(['web-1']);
  });

  test('nor by one to the workload itself, or by a ReplicaSet that refers to it', () => {
    const caches = cachesWith({
      pods: [
        pod({ ...evil, ownerUid: 'uid-web', ownerKind: 'Deployment' }),
        pod({ ...evil, name: 'evil-2', uid: 'uid-evil-2', ownerUid: 'uid-evil-rs' }),
      ],
      replicaSets: [{ ...RS, namespace: 'evil', uid: 'uid-evil-rs' }],
    });
    expect(caches.podsOf(workload()).map(({ name }) => name)).toEqual(['web-1']);
  });

  test('is not the owner of a pod of another namespace that has the uid of their ReplicaSet', () => {
    const caches = cachesWith({
      replicaSets: [
        { ...RS, namespace: 'evil', name: 'evil-rs', ownerUid: 'uid-evil', ownerName: 'evil' },
      ],
    });
    expect(caches.podsSelectedBy(workload()).map(({ owner }) => owner)).toEqual(['Deployment/web']);
  });
});

describe('in the namespace of the workload', () => {
  test.each<[string, Partial<Pod>]>([
    ['a pod that the selector does not match', { labels: { app: 'other' } }],
    ['a pod that only its labels tell of', { ownerUid: undefined }],
    ['a pod that refers to the Deployment, as no controller of pods does', { ownerUid: 'uid-web' }],
  ])('%s is not its own', (_what, fields) => {
    const caches = cachesWith({ pods: [pod({ name: 'web-2', uid: 'uid-2', ...fields })] });
    expect(caches.podsOf(workload()).map(({ name }) => name)).toEqual(['web-1']);
  });

  test('a ReplicaSet that the selector does not match brings no pods', () => {
    const caches = cachesWith({
      pods: [pod({ name: 'web-2', uid: 'uid-2', ownerUid: 'uid-other' })],
      replicaSets: [{ ...RS, name: 'other', uid: 'uid-other', labels: { app: 'other' } }],
    });
    expect(caches.podsOf(workload()).map(({ name }) => name)).toEqual(['web-1']);
  });

  test('a pod of a StatefulSet is its own without any ReplicaSet', () => {
    const statefulSet = workload({ kind: 'StatefulSet', uid: 'uid-sts' });
    const caches = cachesWith({
      pods: [pod({ name: 'web-0', uid: 'uid-0', ownerUid: 'uid-sts', ownerKind: 'StatefulSet' })],
    });
    expect(caches.podsOf(statefulSet).map(({ name }) => name)).toEqual(['web-0']);
  });
});
