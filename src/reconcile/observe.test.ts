import { expect, test } from 'vitest';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { decide } from '../domain/decide.ts';
import { MalformedObjectError } from '../kube/shape.ts';
import { namespace, policy, snapshot, workload } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { ownPolicy } from '../testing/own-policy.ts';
import { emptyCaches, reconcileContext } from '../testing/reconcile-context.ts';
import { sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { observe } from './observe.ts';
import { reconcile } from './reconcile.ts';

const scripted = scriptedClient();

test('a namespace that is not in the cache yet is read, for policies speak of its labels', async () => {
  const caches = emptyCaches();
  fillStore(caches.workloads.Deployment, [workload()]);
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
  const former = ownPolicy(workload({ name: 'web-job' }), [8080], 'web-job-portlock');
  const report: PortExposureReport = {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { ...former.metadata, name: 'web-job' },
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web-job' } },
  };
  const strangers = { ...report, metadata: { name: 'other', namespace: 'shop' } };
  fillStore(caches.policies, [former]);
  fillStore(caches.reports, [report, strangers]);
  fillStore(caches.namespaces, [namespace()]);
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
  fillStore(caches.policies, [ownPolicy(workload(), [8080])]);
  fillStore(caches.namespaces, [namespace()]);
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

test('a policy by labels that a program or a mesh may put on the pods is seen before there are pods', async () => {
  const caches = emptyCaches();
  fillStore(caches.workloads.Deployment, [workload()]);
  fillStore(caches.namespaces, [namespace({ labels: { 'istio-injection': 'enabled' } })]);
  const selecting = (name: string, matchLabels: Record<string, string>) =>
    policy(name, { podSelector: { matchLabels }, ingress: [] });
  fillStore(caches.policies, [
    selecting('leader', { app: 'web', role: 'primary' }),
    selecting('hashed', { app: 'web', role: 'primary', 'pod-template-hash': 'a' }),
    selecting('meshed', { 'security.istio.io/tlsMode': 'istio' }),
    selecting('other', { app: 'api', role: 'primary' }),
  ]);
  const observed = await observe(
    'Deployment/shop/web',
    snapshot().role,
    reconcileContext(scripted.client, { caches }),
    new AbortController().signal,
  );
  expect(observed.policies.map(({ metadata }) => metadata.name).sort()).toEqual([
    'hashed',
    'leader',
    'meshed',
  ]);
  expect(decide(observed).policy).toEqual({ do: 'nothing' });
});

test('the namespaces that allow-from names and that are not there are known', async () => {
  const caches = emptyCaches();
  fillStore(caches.namespaces, [namespace(), namespace({ name: 'edge' })]);
  const text = 'namespace/monitorin,namespace/edge;80/TCP=namespace/a';
  const annotations = { 'portlock.dev/allow-from': text };
  fillStore(caches.workloads.Deployment, [workload({ annotations })]);
  const { absentNamespaces } = await observe(
    'Deployment/shop/web',
    snapshot().role,
    reconcileContext(scripted.client, { caches }),
    new AbortController().signal,
  );
  expect(absentNamespaces).toEqual(['a', 'monitorin']);
});

test('what namespaces referred to is remembered for as long as they are there', async () => {
  const caches = emptyCaches();
  fillStore(caches.namespaces, [namespace(), namespace({ name: 'evil' })]);
  fillStore(caches.workloads.Deployment, [workload()]);
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
