import { expect, test } from 'vitest';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { decide } from '../domain/decide.ts';
import { MalformedObjectError } from '../kube/shape.ts';
import { namespace, policy, snapshot, workload } from '../testing/builders.ts';
import { emptyCaches, reconcileContext } from '../testing/reconcile-context.ts';
import { sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { observe } from './observe.ts';
import { reconcile } from './reconcile.ts';

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

test('before what is ours under a former name is taken away, the workload is read live', async () => {
  const caches = emptyCaches();
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web-job', uid: 'uid-web' };
  const metadata = {
    name: 'web-job-portlock',
    namespace: 'shop',
    labels: { 'app.kubernetes.io/managed-by': 'portlock' },
    ownerReferences: [{ ...owner, controller: true }],
  };
  const identity = { uid: '1', resourceVersion: '5' };
  const former = { ...policy('web-job-portlock'), metadata };
  const report: PortExposureReport = {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { ...metadata, name: 'web-job' },
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web-job' } },
  };
  const strangers = { ...report, metadata: { name: 'other', namespace: 'shop' } };
  caches.policies.set({ ...identity, key: 'shop/web-job-portlock' }, former, 'watch');
  caches.reports.set({ ...identity, key: 'shop/web-job' }, report, 'watch');
  caches.reports.set({ ...identity, key: 'shop/other' }, strangers, 'watch');
  caches.namespaces.set({ ...identity, key: 'shop' }, namespace(), 'watch');
  scripted.server.expect('GET /apis/apps/v1/namespaces/shop/deployments/web-job', (response) =>
    sendStatus(response, 404, { reason: 'NotFound', message: 'not there' }),
  );
  const observed = await observe(
    'Deployment/shop/web-job',
    snapshot().role,
    reconcileContext(scripted.client, { caches }),
    new AbortController().signal,
  );
  await scripted.server.verify();
  expect(observed.formerReports).toEqual([report]);
  expect(decide(observed).former).toEqual({ policies: [former], reports: [report] });
});

test('nothing is taken away from a workload that is not as the API says', async () => {
  const caches = emptyCaches();
  const own = {
    ...policy('web-portlock'),
    metadata: {
      name: 'web-portlock',
      namespace: 'shop',
      labels: { 'app.kubernetes.io/managed-by': 'portlock' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'web',
          uid: 'uid-web',
          controller: true,
        },
      ],
    },
  };
  const identity = { uid: '1', resourceVersion: '5' };
  caches.policies.set({ ...identity, key: 'shop/web-portlock' }, own, 'watch');
  caches.namespaces.set({ ...identity, key: 'shop' }, namespace(), 'watch');
  scripted.server.expect('GET /apis/apps/v1/namespaces/shop/deployments/web', (response) =>
    sendJson(response, { metadata: { name: 'web', labels: 7 }, spec: {} }),
  );
  const { role } = snapshot();
  const reconciling = reconcile(
    'Deployment/shop/web',
    reconcileContext(scripted.client, { caches, roleOf: () => role }),
    new AbortController().signal,
  );
  await expect(reconciling).rejects.toThrow(MalformedObjectError);
  await scripted.server.verify();
  expect(scripted.server.requests.map(({ method }) => method)).toEqual(['GET']);
});

test('what namespaces referred to is remembered for as long as they are there', async () => {
  const caches = emptyCaches();
  const identity = { uid: '1', resourceVersion: '5' };
  caches.namespaces.set({ ...identity, key: 'shop' }, namespace(), 'watch');
  caches.namespaces.set({ ...identity, key: 'evil' }, namespace({ name: 'evil' }), 'watch');
  caches.workloads.Deployment.set({ ...identity, key: 'shop/web' }, workload(), 'watch');
  const context = reconcileContext(scripted.client, { caches });
  const keys = new Set(['31337/TCP']);
  context.references.set(
    'Deployment/shop/web',
    new Map([
      ['evil', keys],
      ['gone', keys],
    ]),
  );
  const { signal } = new AbortController();
  const { references } = await observe('Deployment/shop/web', snapshot().role, context, signal);
  expect([...references.keys()]).toEqual(['evil']);
});
