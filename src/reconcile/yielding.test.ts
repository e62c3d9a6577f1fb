import { expect, test } from 'vitest';
import type { Role } from '../domain/snapshot.ts';
import { namespace, pod, workload } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { emptyCaches, reconcileContext } from '../testing/reconcile-context.ts';
import { type Answer, sendJson } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { reconcile } from './reconcile.ts';

const scripted = scriptedClient();

const KEY = 'StatefulSet/shop/web';
const POLICIES = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
const POLICY = `${POLICIES}/web-statefulset-portlock`;
const REPORT = '/apis/portlock.dev/v1alpha1/namespaces/shop/portexposurereports/web-statefulset';
const EVENTS = '/apis/events.k8s.io/v1/namespaces/shop/events';
const LEADS: Role = { policy: true, probe: false, secondProbe: false, hasSecond: false };

let versions = 20;
/** The answer of an API server that takes what it gets. */
const echo: Answer = (response, { body }) => {
  const object = JSON.parse(body);
  versions += 1;
  const metadata = { uid: 'uid-made', ...object.metadata, resourceVersion: `${versions}` };
  sendJson(response, { ...object, metadata });
};

/** A StatefulSet with a ready pod, of which nothing is known yet. */
function started() {
  const caches = emptyCaches();
  fillStore(caches.namespaces, [namespace()]);
  fillStore(caches.workloads.StatefulSet, [workload({ kind: 'StatefulSet', uid: 'uid-sts' })]);
  const ready = pod({ ownerUid: 'uid-sts', ownerKind: 'StatefulSet', ready: true });
  fillStore(caches.pods, [ready]);
  const context = reconcileContext(scripted.client, { caches, roleOf: () => LEADS });
  const turn = (others: 'wait' | 'none') =>
    reconcile(
      KEY,
      { ...context, mustYield: () => others === 'wait' },
      new AbortController().signal,
    );
  return { caches, ready, context, turn };
}

/** What was asked since it was last looked, as method and path. */
function asked(): string[] {
  return scripted.server.requests.splice(0).map(({ method, path }) => `${method} ${path}`);
}

test('a turn that must yield writes the policy alone, and the next tells of it and reports', async () => {
  const { turn, context } = started();
  scripted.server
    .allow(`POST ${POLICIES}`, echo)
    .allow(`PATCH ${REPORT}`, echo)
    .allow(`PATCH ${REPORT}/status`, echo)
    .allow(`POST ${EVENTS}`, echo);
  expect(await turn('wait')).toBe('yielded');
  expect(asked()).toEqual([`POST ${POLICIES}`]);
  expect(await turn('wait'), 'others still wait').toBe('yielded');
  expect(asked()).toEqual([]);
  expect(await turn('none')).not.toBe('yielded');
  const last = asked();
  expect(last[0], 'what was put off is told first').toBe(`POST ${EVENTS}`);
  expect(last).toContain(`PATCH ${REPORT}/status`);
  expect(last).not.toContain(`PATCH ${POLICY}`);
  expect([context.untoldEvents.size, context.untoldBrakes.size]).toEqual([0, 0]);
});

test('readiness is watched from the policy on, and not from the report', async () => {
  const { caches, ready, turn } = started();
  scripted.server
    .allow(`POST ${POLICIES}`, echo)
    .allow(`DELETE ${POLICY}`, (response) => response.end('{}'));
  expect(await turn('wait')).toBe('yielded');
  caches.pods.set(
    { key: `shop/${ready.name}`, uid: ready.uid, resourceVersion: '99' },
    { ...ready, ready: false },
    'watch',
  );
  expect(await turn('wait')).toBe('yielded');
  expect(asked()).toEqual([`POST ${POLICIES}`, `DELETE ${POLICY}`]);
});

test('no end of Events is put off where somebody deletes the policy again and again', async () => {
  const { caches, context, turn } = started();
  scripted.server
    .allow(`POST ${POLICIES}`, echo)
    .allow(`PATCH ${REPORT}`, echo)
    .allow(`PATCH ${REPORT}/status`, echo)
    .allow(`POST ${EVENTS}`, echo)
    .allow(`PATCH ${EVENTS}`, echo);
  for (let count = 0; count < 60; count += 1) {
    await turn('wait');
    caches.writtenPolicies.deleted({ namespace: 'shop', name: 'web-statefulset-portlock' });
    expect(context.untoldEvents.get(KEY)?.length ?? 0).toBeLessThan(50);
  }
  expect(asked()).toContain(`POST ${EVENTS}`);
});
