import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Intermediate, Pod, Workload } from '../domain/workload/workload.ts';
import type { ChangeSource, Store } from '../kube/store.ts';
import { namespace, pod, template, workload } from '../testing/builders.ts';
import { emptyCaches } from '../testing/reconcile-context.ts';
import { WEB_REPLICA_SET } from '../testing/shop-caches.ts';
import type { Caches } from './caches.ts';
import { allKeys, enqueueChanges } from './enqueue.ts';

const WEB = 'Deployment/shop/web';
const API = 'Deployment/shop/api';

let caches: Caches;
let queued: string[];
let stop: () => void;
let version: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  version = 0;
  caches = emptyCaches();
  queued = [];
  stop = enqueueChanges(caches, (key, priority) =>
    queued.push(priority === 'change' ? key : `${key} (resync)`),
  );
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

/** An object as a watch or a list shows it now; returns what was queued for that. */
function show<T extends { namespace?: string; name: string; uid?: string }>(
  store: Store<T, never>,
  each: T,
  source: ChangeSource = 'watch',
): string[] {
  queued.length = 0;
  version += 1;
  const { namespace: where, name, uid = name } = each;
  const key = where === undefined ? name : `${where}/${name}`;
  store.set({ key, uid, resourceVersion: `${version}` }, each, source);
  return [...queued].sort();
}

function remove<T>(store: Store<T, never>, key: string): string[] {
  queued.length = 0;
  store.delete(key, 'watch');
  return [...queued].sort();
}

const deployments = () => caches.workloads.Deployment as unknown as Store<Workload, never>;
const pods = () => caches.pods as unknown as Store<Pod, never>;
const replicaSets = () => caches.workloads.ReplicaSet as unknown as Store<Intermediate, never>;

/** Another Deployment that has opted in, with labels of its own. */
function api(fields: Partial<Workload> = {}): Workload {
  return workload({
    name: 'api',
    uid: 'uid-api',
    selector: { matchLabels: { app: 'api' } },
    template: template({ labels: { app: 'api' } }),
    ...fields,
  });
}

describe('a workload', () => {
  test.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)(
    'of the kind %s is looked at when it comes, changes and goes',
    (kind) => {
      const store = caches.workloads[kind] as unknown as Store<Workload, never>;
      const key = `${kind}/shop/web`;
      expect(show(store, workload({ kind }))).toEqual([key]);
      expect(new Set(show(store, workload({ kind, generation: 2 })))).toEqual(new Set([key]));
      expect(remove(store, 'shop/web')).toEqual([key]);
    },
  );

  test('that has not opted in is nobody’s business', () => {
    expect(show(deployments(), workload({ mode: undefined }))).toEqual([]);
    expect(show(deployments(), workload({ mode: 'off' }))).toEqual([]);
    expect([...allKeys(caches)]).toEqual([]);
  });

  test('that opts out is looked at once more', () => {
    show(deployments(), workload());
    expect(show(deployments(), workload({ mode: undefined }))).toEqual([WEB]);
    expect(show(deployments(), workload({ mode: undefined, generation: 2 }))).toEqual([]);
  });

  test('whose status alone changes is not looked at', () => {
    show(deployments(), workload());
    expect(show(deployments(), workload())).toEqual([]);
  });

  test('that a list shows is only looked at again', () => {
    expect(show(deployments(), workload(), 'list')).toEqual([`${WEB} (resync)`]);
  });

  test('concerns those whose selector matches its pods, before and after', () => {
    show(deployments(), workload());
    show(deployments(), api());
    const other = (app: string) =>
      workload({
        name: 'job',
        uid: 'uid-job',
        mode: undefined,
        template: template({ labels: { app } }),
      });
    expect(show(deployments(), other('web'))).toEqual([WEB]);
    expect(show(deployments(), other('api'))).toEqual([API, WEB]);
    expect(remove(deployments(), 'shop/job')).toEqual([API]);
  });

  test('of another namespace concerns nobody here', () => {
    show(deployments(), workload());
    expect(show(deployments(), workload({ namespace: 'other', mode: undefined }))).toEqual([]);
  });

  test('is not its own neighbour', () => {
    expect(show(deployments(), workload())).toHaveLength(1);
  });
});

describe('a pod', () => {
  beforeEach(() => {
    show(deployments(), workload());
    show(deployments(), api());
  });

  test('concerns the workload whose selector matches it', () => {
    expect(show(pods(), pod())).toEqual([WEB]);
    expect(remove(pods(), 'shop/web-1')).toEqual([WEB]);
  });

  test('that changes its labels concerns the old and the new workload', () => {
    show(pods(), pod({ ownerUid: undefined }));
    expect(show(pods(), pod({ ownerUid: undefined, labels: { app: 'api' } }))).toEqual([API, WEB]);
    expect(show(pods(), pod({ ownerUid: undefined, labels: {} }))).toEqual([API]);
  });

  test('that a person took out of the selector concerns its owner still, by its ReplicaSet', () => {
    show(replicaSets(), WEB_REPLICA_SET);
    expect(show(pods(), pod({ labels: { app: 'quarantine' } }))).toEqual([WEB]);
  });

  test('that changes its owner concerns the old and the new one', () => {
    const sets = caches.workloads.StatefulSet as unknown as Store<Workload, never>;
    const selector = { matchLabels: { app: 'none' } };
    for (const name of ['a', 'b'])
      show(sets, workload({ kind: 'StatefulSet', name, uid: `uid-${name}`, selector }));
    const owned = (ownerUid: string) => pod({ labels: {}, ownerUid, ownerKind: 'StatefulSet' });
    expect(show(pods(), owned('uid-a'))).toEqual(['StatefulSet/shop/a']);
    expect(show(pods(), owned('uid-b'))).toEqual(['StatefulSet/shop/a', 'StatefulSet/shop/b']);
  });

  test('of another namespace concerns nobody, whatever its labels', () => {
    expect(show(pods(), pod({ namespace: 'other' }))).toEqual([]);
  });

  test('whose ReplicaSet is of a workload that is out concerns nobody by it', () => {
    show(deployments(), workload({ mode: 'off' }));
    show(replicaSets(), WEB_REPLICA_SET);
    expect(show(pods(), pod())).toEqual([]);
  });

  test('without an owner and without labels concerns nobody', () => {
    expect(show(pods(), pod({ ownerUid: undefined, labels: {} }))).toEqual([]);
  });
});

describe('a ReplicaSet', () => {
  beforeEach(() => {
    show(deployments(), workload());
  });

  test('concerns its Deployment', () => {
    expect(show(replicaSets(), WEB_REPLICA_SET)).toEqual([WEB]);
    expect(remove(replicaSets(), 'shop/web-rs')).toEqual([WEB]);
  });

  test.each<[string, Partial<Intermediate>]>([
    ['of a Deployment of that name that is gone', { ownerUid: 'uid-of-the-last' }],
    ['of another namespace', { namespace: 'other' }],
  ])('%s concerns nobody', (_what, fields) => {
    expect(show(replicaSets(), { ...WEB_REPLICA_SET, ...fields })).toEqual([]);
  });

  test('of a Deployment that has not opted in concerns nobody', () => {
    show(deployments(), workload({ mode: undefined }));
    expect(show(replicaSets(), WEB_REPLICA_SET)).toEqual([]);
  });
});

describe('a namespace', () => {
  const MODE = 'portlock.dev/mode';
  beforeEach(() => {
    show(deployments(), workload());
    show(deployments(), api({ mode: undefined }));
    show(deployments(), workload({ namespace: 'other', uid: 'uid-other' }));
  });

  test('whose mode comes or goes concerns all its workloads', () => {
    show(caches.namespaces, namespace());
    expect(show(caches.namespaces, namespace({ labels: { [MODE]: 'audit' } }))).toEqual([API, WEB]);
    expect(show(caches.namespaces, namespace({ labels: { [MODE]: 'off' } }))).toEqual([API, WEB]);
    expect(show(caches.namespaces, namespace())).toEqual([API, WEB]);
  });

  test('whose other labels change concerns those that have opted in', () => {
    show(caches.namespaces, namespace());
    expect(show(caches.namespaces, namespace({ labels: { team: 'shop' } }))).toEqual([WEB]);
  });

  test('that is as it was concerns nobody', () => {
    show(caches.namespaces, namespace());
    expect(show(caches.namespaces, namespace())).toEqual([]);
  });

  test('that comes or goes concerns those that have opted in', () => {
    expect(show(caches.namespaces, namespace())).toEqual([WEB]);
    expect(remove(caches.namespaces, 'shop')).toEqual([WEB]);
  });

  test('that comes or goes concerns those elsewhere that let it in by name', () => {
    const annotations = { 'portlock.dev/allow-from': 'same-namespace;80/TCP=namespace/edge' };
    show(deployments(), workload({ annotations }));
    show(deployments(), api({ mode: undefined, annotations }));
    expect(show(caches.namespaces, namespace({ name: 'edge' }))).toEqual([WEB]);
    expect(show(caches.namespaces, namespace({ name: 'edge', labels: { a: 'b' } }))).toEqual([]);
    expect(remove(caches.namespaces, 'edge')).toEqual([WEB]);
    expect(show(caches.namespaces, namespace({ name: 'other-edge' }))).toEqual([]);
  });

  test('that goes with its mode concerns all', () => {
    show(caches.namespaces, namespace({ labels: { [MODE]: 'audit' } }));
    expect(remove(caches.namespaces, 'shop')).toEqual([API, WEB]);
  });
});

test('nothing is queued after the end', () => {
  stop();
  expect(show(deployments(), workload())).toEqual([]);
  expect(show(pods(), pod())).toEqual([]);
  vi.advanceTimersByTime(60_000);
  expect(queued).toEqual([]);
});
