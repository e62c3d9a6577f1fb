import { expect, test } from 'vitest';
import { decide } from '../domain/decide.ts';
import type { Role } from '../domain/snapshot.ts';
import { canonicalJson } from '../domain/text/canonical.ts';
import { carriedOut, NOW, namespace, pod, snapshot, workload } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { emptyCaches, reconcileContext } from '../testing/reconcile-context.ts';
import { type Answer, sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { reconcile } from './reconcile.ts';

const scripted = scriptedClient();

const WEB = 'Deployment/shop/web';
const POLICY = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/web-portlock';
const REPORT = '/apis/portlock.dev/v1alpha1/namespaces/shop/portexposurereports/web';
const LEADS: Role = { policy: true, probe: false, secondProbe: false, hasSecond: false };

/** The answer of an API server that takes what it gets. */
const echo: Answer = (response, { body }) => {
  const object = JSON.parse(body);
  const metadata = { uid: 'uid-made', ...object.metadata, resourceVersion: '20' };
  sendJson(response, { ...object, metadata });
};

test('a fight is told in the report without another change of the policy', async () => {
  const before = snapshot();
  const plan = decide(before);
  const [made] = carriedOut(before, plan).policies;
  if (!made) throw new Error('there is no policy');
  const caches = emptyCaches();
  fillStore(caches.namespaces, [namespace()]);
  fillStore(caches.workloads.Deployment, [workload()]);
  const identity = { key: 'shop/web-portlock', uid: 'uid-policy', resourceVersion: '7' };
  const metadata = { ...made.metadata, uid: 'uid-policy', resourceVersion: '7' };
  caches.policies.set(identity, { ...made, metadata, spec: { podSelector: {} } }, 'watch');
  const context = reconcileContext(scripted.client, { caches, roleOf: () => LEADS });
  context.lastApplied.set(WEB, canonicalJson(plan.desired));
  for (let change = 0; change < 4; change += 1) context.reverts.note(WEB, undefined, NOW);
  scripted.server
    .expect(`PATCH ${POLICY}`, echo)
    .allow(`PATCH ${REPORT}`, echo)
    .allow(`PATCH ${REPORT}/status`, echo)
    .allow('POST /apis/events.k8s.io/v1/namespaces/shop/events', echo);
  const look = () => reconcile(WEB, context, new AbortController().signal);
  expect(await look(), 'it is looked at again at once').toBe(0);
  expect(await look(), 'and when it is over').toBe(600_000);
  await scripted.server.verify();
  const statuses = scripted.server.requests
    .filter(({ path }) => path === `${REPORT}/status`)
    .map(({ body }) => JSON.parse(body).status);
  expect(statuses.at(-1).conditions).toContainEqual(
    expect.objectContaining({ type: 'PolicyInSync', reason: 'Contested' }),
  );
});

test('an accepted cut is looked at again when it ends, by who keeps the policy', async () => {
  const annotations = { 'portlock.dev/accept-cuts': '9090/TCP until=2026-01-02' };
  const caches = emptyCaches();
  fillStore(caches.namespaces, [namespace()]);
  fillStore(caches.workloads.Deployment, [workload({ mode: 'audit', annotations })]);
  let role = LEADS;
  const context = reconcileContext(scripted.client, { caches, roleOf: () => role });
  scripted.server.otherwise(echo);
  const look = () => reconcile(WEB, context, new AbortController().signal);
  expect(await look()).toBe(Date.parse('2026-01-03') - NOW);
  role = { ...LEADS, policy: false };
  expect(await look()).toBeUndefined();
});

test('what other replicas do for a workload is theirs to remember', async () => {
  const role = { ...LEADS, policy: false };
  const context = reconcileContext(scripted.client, { roleOf: () => role });
  context.references.set(WEB, new Map([['evil', new Set(['31337/TCP'])]]));
  context.untoldBrakes.set(WEB, { state: 'Engaged', sinceTime: '2026-01-02T03:04:05Z' });
  context.lastApplied.set(WEB, '{}');
  for (let change = 0; change < 5; change += 1) context.reverts.note(WEB, undefined, NOW);
  await reconcile(WEB, context, new AbortController().signal);
  expect(scripted.server.requests).toEqual([]);
  const { references, untoldBrakes, lastApplied } = context;
  expect([references.size, untoldBrakes.size, lastApplied.size]).toEqual([0, 0, 0]);
  expect(context.reverts.contest(WEB, NOW)).toBeUndefined();
});

test('a policy that cannot be written is no reason not to look at the pods', async () => {
  const caches = emptyCaches();
  fillStore(caches.namespaces, [namespace()]);
  fillStore(caches.workloads.StatefulSet, [workload({ kind: 'StatefulSet', uid: 'uid-sts' })]);
  // Connections are really made.
  const ips = ['127.0.0.1'];
  fillStore(caches.pods, [pod({ ownerUid: 'uid-sts', ownerKind: 'StatefulSet', ips })]);
  const role = { ...LEADS, probe: true };
  const context = reconcileContext(scripted.client, { caches, roleOf: () => role });
  scripted.server
    .expect('POST /apis/networking.k8s.io/v1/namespaces/shop/networkpolicies', (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: 'exceeded quota' }),
    )
    .allow(`PATCH ${REPORT}-statefulset`, echo)
    .allow(`PATCH ${REPORT}-statefulset/status`, echo)
    .allow('POST /apis/events.k8s.io/v1/namespaces/shop/events', echo);
  const key = 'StatefulSet/shop/web';
  await expect(reconcile(key, context, new AbortController().signal)).rejects.toThrow('quota');
  await scripted.server.verify();
  expect(context.probes.probe.evidence(key), 'a probe has begun').toBeDefined();
});
