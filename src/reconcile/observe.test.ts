import { expect, test } from 'vitest';
import { namespace, snapshot, workload } from '../testing/builders.ts';
import { emptyCaches, reconcileContext } from '../testing/reconcile-context.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { observe } from './observe.ts';

const scripted = scriptedClient();

test('a namespace that is not in the cache yet is read, for policies speak of its labels', async () => {
  const caches = emptyCaches();
  const cached = workload();
  const identity = { key: 'shop/web', uid: cached.uid, resourceVersion: '5' };
  caches.workloads.Deployment.set(identity, cached, 'watch');
  const labels = { 'kubernetes.io/metadata.name': 'shop', team: 'shop' };
  scripted.server.expect('GET /api/v1/namespaces/shop', (response) =>
    response.end(JSON.stringify({ metadata: { name: 'shop', labels } })),
  );
  const observed = await observe(
    'Deployment/shop/web',
    snapshot().role,
    reconcileContext(scripted.client, { caches }),
    new AbortController().signal,
  );
  await scripted.server.verify();
  expect(observed.namespace).toEqual(namespace({ labels }));
});
