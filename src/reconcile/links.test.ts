import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_PODS, type Workload } from '../domain/workload/workload.ts';
import type { KubernetesObject } from '../kube/resource.ts';
import { namespace, pod, template, workload } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { emptyCaches } from '../testing/reconcile-context.ts';
import type { Caches } from './caches.ts';
import { enqueueChanges } from './enqueue.ts';

/** Workloads whose pods are made by ReplicaSets or Jobs of theirs, and Rollouts that have the template of another one. */

const NIGHTLY = 'CronJob/shop/nightly';
const CANARY = 'Rollout/shop/canary';
const WEB = 'Deployment/shop/web';

const labels = { app: 'nightly' };
const nightly = workload({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  name: 'nightly',
  uid: 'uid-nightly',
  selector: { matchLabels: labels },
  template: template({ labels }),
});
const canary: Workload = {
  ...workload({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'canary' }),
  uid: 'uid-canary',
  selector: NO_PODS,
  template: template({ labels: {}, ports: [] }),
  templateOf: { kind: 'Deployment', name: 'web', isFound: false },
};
const byCronJob = { ownerUid: 'uid-nightly', ownerKind: 'CronJob', ownerName: 'nightly' };
const nightlyJob = {
  kind: 'Job' as const,
  namespace: 'shop',
  name: 'nightly-1',
  uid: 'uid-job',
  // Those of the Job's template are the Job's alone.
  labels: {},
  ...byCronJob,
};
const ofJob = { ownerUid: 'uid-job', ownerKind: 'Job', ownerName: 'nightly-1' };
const canarySet = {
  kind: 'ReplicaSet' as const,
  namespace: 'shop',
  name: 'canary-1',
  uid: 'uid-canary-rs',
  labels: { app: 'web', 'rollouts-pod-template-hash': 'old' },
  ownerUid: 'uid-canary',
  ownerKind: 'Rollout',
  ownerName: 'canary',
};
const ofCanary = { ownerUid: 'uid-canary-rs', ownerKind: 'ReplicaSet', ownerName: 'canary-1' };

let caches: Caches;
let queued: string[];
let stop: () => void;

beforeEach(() => {
  caches = emptyCaches();
  fillStore(caches.namespaces, [namespace()]);
  fillStore(caches.workloads.CronJob, [nightly]);
  fillStore(caches.workloads.Rollout, [canary]);
  fillStore(caches.workloads.Deployment, [workload()]);
  queued = [];
  stop = enqueueChanges(caches, (key) => queued.push(key));
});
afterEach(() => stop());

const namesOf = (pods: readonly { name: string }[]) => pods.map(({ name }) => name);

describe('the pods of a CronJob', () => {
  test('are those of its Jobs, whatever labels the Jobs have', () => {
    fillStore(caches.workloads.Job, [nightlyJob]);
    fillStore(caches.pods, [pod({ name: 'nightly-1-x', labels, ...ofJob })]);
    expect(namesOf(caches.podsOf(nightly))).toEqual(['nightly-1-x']);
    expect(caches.podsSelectedBy(nightly).map(({ owner }) => owner)).toEqual(['CronJob/nightly']);
  });

  test('are none of a Job that nobody controls', () => {
    const own = workload({ kind: 'Job', name: 'nightly-1', uid: 'uid-job', mode: undefined });
    fillStore(caches.workloads.Job, [own]);
    fillStore(caches.pods, [pod({ name: 'nightly-1-x', labels, ...ofJob })]);
    expect(caches.podsOf(nightly)).toEqual([]);
    expect(caches.podsSelectedBy(nightly).map(({ owner }) => owner)).toEqual(['Job/nightly-1']);
  });

  test('concern it, and so does the Job that comes and goes', () => {
    fillStore(caches.workloads.Job, [nightlyJob]);
    fillStore(caches.pods, [pod({ labels: {}, ...ofJob })]);
    caches.workloads.Job.delete('shop/nightly-1', 'watch');
    expect(queued).toEqual([NIGHTLY, NIGHTLY, NIGHTLY]);
  });
});

describe('a Job or ReplicaSet of another workload', () => {
  beforeEach(() => {
    const labelled = namespace({ labels: { 'portlock.dev/mode': 'enforce' } });
    caches.namespaces.set({ key: 'shop', uid: 'shop', resourceVersion: '2' }, labelled, 'watch');
    fillStore(caches.workloads.Job, [nightlyJob]);
    fillStore(caches.workloads.ReplicaSet, [canarySet]);
  });

  test('is no workload of its own, also where the namespace opts in for all', () => {
    const kinds = new Set(caches.optedIn('shop').map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['Deployment', 'CronJob', 'Rollout']));
    expect(caches.workload({ kind: 'Job', namespace: 'shop', name: 'nightly-1' })).toBeUndefined();
    expect(caches.overlapping(nightly)).toEqual([]);
  });

  test('is one again once nobody controls it', () => {
    queued.length = 0;
    const { Job } = caches.workloads;
    const metadata = { name: 'nightly-1', namespace: 'shop', uid: 'uid-job' };
    const spec = { selector: { matchLabels: { uid: 'job' } }, template: {} };
    const wire: KubernetesObject & { spec: object } = { metadata, spec };
    const identity = { key: 'shop/nightly-1', uid: 'uid-job', resourceVersion: '2' };
    Job.set(
      identity,
      Job.kind.project(wire, () => {}),
      'watch',
    );
    expect(queued).toEqual([NIGHTLY, 'Job/shop/nightly-1']);
  });
});

describe('a Rollout with the template of a Deployment', () => {
  const resolved = () => caches.workload({ kind: 'Rollout', namespace: 'shop', name: 'canary' });

  test('has its template and its selector', () => {
    const { selector, template: lent } = workload();
    expect(resolved()).toMatchObject({
      kind: 'Rollout',
      uid: 'uid-canary',
      selector,
      template: lent,
    });
    expect(resolved()?.templateOf?.isFound).toBe(true);
  });

  test('keeps a selector of its own', () => {
    const own = { matchLabels: { app: 'web', track: 'canary' } };
    const { Rollout } = caches.workloads;
    const identity = { key: 'shop/canary', uid: 'uid-canary', resourceVersion: '2' };
    Rollout.set(identity, { ...canary, selector: own }, 'watch');
    expect(resolved()?.selector).toEqual(own);
  });

  test('has the pods that its ReplicaSets control, and the Deployment has none of them', () => {
    fillStore(caches.workloads.ReplicaSet, [canarySet]);
    fillStore(caches.pods, [pod({ name: 'canary-1-x', ...ofCanary })]);
    const rollout = resolved();
    expect(rollout && namesOf(caches.podsOf(rollout))).toEqual(['canary-1-x']);
    expect(caches.podsOf(workload())).toEqual([]);
    expect(caches.podsSelectedBy(workload()).map(({ owner }) => owner)).toEqual(['Rollout/canary']);
  });

  test('and the Deployment select each other’s pods as they are meant to, and no more than that', () => {
    fillStore(caches.workloads.DaemonSet, [workload({ kind: 'DaemonSet', uid: 'uid-daemon-set' })]);
    const rollout = resolved();
    expect(rollout && caches.overlapping(rollout)).toEqual(['DaemonSet/web']);
    expect(caches.overlapping(workload())).toEqual(['DaemonSet/web']);
  });

  test('is looked at when the template changes, and so is whoever else selects such pods', () => {
    queued.length = 0;
    const identity = { key: 'shop/web', uid: 'uid-web', resourceVersion: '2' };
    caches.workloads.Deployment.set(identity, workload({ generation: 2 }), 'watch');
    expect(new Set(queued)).toEqual(new Set([WEB, CANARY]));
  });

  test('is looked at when a pod under the selector comes, whoever owns that', () => {
    queued.length = 0;
    fillStore(caches.pods, [pod({ ownerUid: undefined })]);
    expect(new Set(queued)).toEqual(new Set([WEB, CANARY]));
  });

  test('has no pods while the Deployment is away', () => {
    fillStore(caches.pods, [pod()]);
    caches.workloads.Deployment.delete('shop/web', 'watch');
    const rollout = resolved();
    expect(rollout?.templateOf).toEqual({ kind: 'Deployment', name: 'web', isFound: false });
    expect(rollout && caches.podsSelectedBy(rollout)).toEqual([]);
  });
});
