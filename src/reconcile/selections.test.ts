import { beforeEach, describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { Pod, Workload } from '../domain/workload/workload.ts';
import { pod, policy, template, workload } from '../testing/builders.ts';
import { emptyCaches } from '../testing/reconcile-context.ts';
import type { Caches } from './caches.ts';

let caches: Caches;
let versions = 0;

beforeEach(() => {
  caches = emptyCaches();
});

function identity(namespace: string, name: string, uid: string) {
  versions += 1;
  return { key: `${namespace}/${name}`, uid, resourceVersion: `${versions}` };
}

function showWorkload(fields: Partial<Workload>): Workload {
  const shown = workload(fields);
  caches.workloads[shown.kind].set(
    identity(shown.namespace, shown.name, shown.uid),
    shown,
    'watch',
  );
  return shown;
}

function showPod(fields: Partial<Pod>): Pod {
  const shown = pod(fields);
  caches.pods.set(identity(shown.namespace, shown.name, shown.uid), shown, 'watch');
  return shown;
}

function showPolicy(name: string, podSelector: NetworkPolicy['spec']['podSelector']) {
  const shown = policy(name);
  const object = { ...shown, spec: { ...shown.spec, podSelector } };
  caches.policies.set(identity('shop', name, `uid-${name}`), object, 'watch');
}

const names = (all: Iterable<{ name: string }>) => [...all].map(({ name }) => name).sort();
const selecting = (labels: Record<string, string>) =>
  names(caches.selections.workloadsSelecting('shop', labels));

describe('the workloads whose selector matches', () => {
  test('are those of the namespace, of every kind', () => {
    showWorkload({ name: 'a', uid: 'a' });
    showWorkload({ name: 'b', uid: 'b', kind: 'StatefulSet' });
    showWorkload({ name: 'c', uid: 'c', namespace: 'evil' });
    showWorkload({ name: 'd', uid: 'd', selector: { matchLabels: { app: 'other' } } });
    expect(selecting({ app: 'web', more: 'x' })).toEqual(['a', 'b']);
    expect(selecting({ app: 'none' })).toEqual([]);
  });

  test('are not those that an expression leaves out', () => {
    const matchExpressions = [{ key: 'tier', operator: 'DoesNotExist' }];
    showWorkload({ selector: { matchLabels: { app: 'web' }, matchExpressions } });
    expect(selecting({ app: 'web' })).toEqual(['web']);
    expect(selecting({ app: 'web', tier: 'x' })).toEqual([]);
  });

  test('are those of now: a workload made anew, or deleted, is not found by what it was', () => {
    const before = showWorkload({});
    showWorkload({ uid: 'new', selector: { matchLabels: { app: 'new' } } });
    expect([selecting(before.template.labels), selecting({ app: 'new' })]).toEqual([[], ['web']]);
    caches.workloads.Deployment.delete('shop/web', 'watch');
    expect(selecting({ app: 'new' })).toEqual([]);
  });
});

test('of pods and templates those are found that have all labels, by whichever is rare', () => {
  const labels = { app: 'web', release: 'one' };
  showPod({ name: 'both', uid: '1', labels });
  showPod({ name: 'app', uid: '2', labels: { app: 'web' } });
  showPod({ name: 'elsewhere', uid: '3', namespace: 'evil', labels });
  showWorkload({ name: 'both', uid: '1', template: template({ labels }) });
  showWorkload({ name: 'app', uid: '2' });
  const { selections } = caches;
  const found = (matchLabels: Record<string, string>) => [
    names(selections.podsUnder('shop', { matchLabels })),
    names(selections.workloadsUnder('shop', { matchLabels })),
  ];
  expect(found(labels)).toEqual([['both'], ['both']]);
  expect(found({ app: 'web' })).toEqual([
    ['app', 'both'],
    ['app', 'both'],
  ]);
  expect(found({ app: 'web', release: 'none' })).toEqual([[], []]);
  expect(names(selections.podsUnder('shop', {})), 'none asked for').toEqual(['app', 'both']);
});

test('of policies those are found that may select any of the pods', () => {
  showPolicy('all', {});
  showPolicy('web', { matchLabels: { app: 'web' } });
  showPolicy('api', { matchLabels: { app: 'api' } });
  showPolicy('db', { matchLabels: { app: 'db' } });
  const found = caches.selections.policiesSelecting('shop', [{ app: 'web' }, { app: 'api' }]);
  expect([...found].map(({ metadata }) => metadata.name).sort()).toEqual(['all', 'api', 'web']);
  expect([...caches.selections.policiesSelecting('shop', [])]).toEqual([]);
  showPolicy('web', { matchLabels: { app: 'none' } });
  const later = caches.selections.policiesSelecting('shop', [{ app: 'web' }]);
  expect([...later].map(({ metadata }) => metadata.name)).toEqual(['all']);
});

test('and those that may select pods by what a controller will add', () => {
  const hash = { key: 'pod-template-hash', operator: 'Exists' };
  showPolicy('by name', { matchLabels: { 'statefulset.kubernetes.io/pod-name': 'web-0' } });
  showPolicy('by hash', { matchLabels: { app: 'web' }, matchExpressions: [hash] });
  showPolicy('of others', { matchLabels: { app: 'api', 'pod-template-hash': 'a' } });
  const found = caches.selections.policiesSelecting('shop', [{ app: 'web' }]);
  expect([...found].map(({ metadata }) => metadata.name).sort()).toEqual(['by hash', 'by name']);
});
