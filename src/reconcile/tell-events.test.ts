import { describe, expect, test } from 'vitest';
import type { EventNote } from '../domain/report/events.ts';
import { EventRecorder } from '../kube/event-recorder.ts';
import { pod, snapshot, workload } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { emptyCaches, reconcileContext } from '../testing/reconcile-context.ts';
import { recordedLog } from '../testing/recorded-log.ts';
import { sendJson, sendStatus } from '../testing/scripted-api-server.ts';
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

describe('a decision', () => {
  const { signal } = new AbortController();
  const told = () => scripted.server.requests.map(({ body }) => JSON.parse(body));

  test('is one line of the log, with the id that its Event carries', async () => {
    scripted.server.allow(`POST ${EVENTS}`, (response, { body }) =>
      sendJson(response, JSON.parse(body)),
    );
    const { log, lines } = recordedLog();
    const context = reconcileContext(scripted.client, { log });
    await tellEvents([note()], snapshot(), context, signal);
    const decision = told()[0].metadata.annotations['portlock.dev/decision'];
    expect(decision).toMatch(/^[0-9a-f]{16}$/);
    const about = { kind: 'Deployment', namespace: 'shop', name: 'web' };
    expect(lines).toEqual([
      { line: 'warn: closed', decision, reason: 'ClosedByOtherPolicy', ...about },
    ]);
    await tellEvents([note()], snapshot(), context, signal);
    expect(told(), 'one more of a series').toHaveLength(1);
    expect(lines.slice(1)).toEqual([{ ...lines[0], line: 'debug: closed' }]);
  });

  test('is in the log also where its Event cannot be written', async () => {
    const { log, lines } = recordedLog();
    const client = scripted.client;
    const events = new EventRecorder({ client, instance: 'portlock-0', onError: () => {} });
    scripted.server.allow(`POST ${EVENTS}`, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: 'no' }),
    );
    await tellEvents([note()], snapshot(), reconcileContext(client, { log, events }), signal);
    expect(lines.map(({ line }) => line)).toEqual(['warn: closed']);
  });
});
