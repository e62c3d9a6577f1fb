import { expect, test } from 'vitest';
import type { EventNote } from '../domain/report/events.ts';
import { pod, snapshot, workload } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { emptyCaches, reconcileContext } from '../testing/reconcile-context.ts';
import { sendJson } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { EVENTS } from '../testing/shop-paths.ts';
import { tellEvents } from './tell-events.ts';

const scripted = scriptedClient();

const note = (about?: string): EventNote => ({
  type: 'Warning',
  reason: 'ClosedByOtherPolicy',
  action: 'Reconcile',
  note: 'closed',
  ...(about !== undefined && { about }),
});

test.each<[string, EventNote, object | undefined]>([
  ['the workload', note(), { kind: 'Deployment', name: 'web', uid: 'uid-web' }],
  ['another workload', note('Deployment/late'), { kind: 'Deployment', uid: 'uid-late' }],
  ['a bare pod', note('Pod/web-1'), { apiVersion: 'v1', kind: 'Pod', uid: 'uid-pod-1' }],
  ['nobody, where it is gone', note('Deployment/gone'), undefined],
  ['nobody, where its kind is not known', note('Job/late'), undefined],
])('an Event is about %s', async (_whom, event, regarding) => {
  const caches = emptyCaches();
  fillStore(caches.workloads.Deployment, [workload({ name: 'late', uid: 'uid-late' })]);
  fillStore(caches.pods, [pod()]);
  const context = reconcileContext(scripted.client, { caches });
  scripted.server.allow(`POST ${EVENTS}`, (response, { body }) =>
    sendJson(response, JSON.parse(body)),
  );
  await tellEvents([event], snapshot(), context, new AbortController().signal);
  const told = scripted.server.requests.map(({ body }) => JSON.parse(body).regarding);
  expect(told).toMatchObject(regarding ? [regarding] : []);
});
