import { expect, test } from 'vitest';
import type { Pod } from '../domain/workload/workload.ts';
import { pod, service } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { emptyCaches } from '../testing/reconcile-context.ts';

const INGRESS = { namespace: 'shop', name: 'web', backends: [], addresses: ['192.0.2.1'] };
const controller = (fields: Partial<Pod> = {}) =>
  pod({ namespace: 'edge', name: 'controller-1', uid: 'c', labels: { app: 'web' }, ...fields });

test.each<[string, Pod[], string[]]>([
  ['that lead to the pod network', [controller()], ['edge']],
  ['that lead nowhere', [], []],
  ['that lead to pods of another namespace', [controller({ namespace: 'other' })], []],
  [
    'that lead to a node',
    [controller(), controller({ name: 'x', uid: 'x', hostNetwork: true })],
    [],
  ],
])('the addresses of Ingresses are looked up among load balancers %s', (_what, pods, found) => {
  const caches = emptyCaches();
  fillStore(caches.usage.ingresses, [INGRESS]);
  const balancer = { ...service(80), exposure: 'LoadBalancer' as const };
  fillStore(caches.usage.services, [
    { ...balancer, namespace: 'edge', addresses: ['192.0.2.1'] },
    { ...balancer, namespace: 'edge', name: 'other', addresses: ['192.0.2.2'] },
    { ...balancer, namespace: 'edge', name: 'unselecting', addresses: ['192.0.2.1'], selector: {} },
  ]);
  fillStore(caches.pods, pods);
  const { entrances } = caches.usageOf('shop');
  expect(entrances).toEqual(found.map((namespace) => ({ address: '192.0.2.1', namespace })));
  expect(caches.usageOf('edge').entrances).toEqual([]);
});
