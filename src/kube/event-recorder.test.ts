import { describe, expect, test } from 'vitest';
import type { EventNote } from '../domain/report/events.ts';
import { NOW, workload } from '../testing/builders.ts';
import { sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { until } from '../testing/until.ts';
import { type DecisionNote, EventRecorder } from './event-recorder.ts';

const scripted = scriptedClient();
const EVENTS = '/apis/events.k8s.io/v1/namespaces/shop/events';
const MINUTE = 60_000;
const signal = new AbortController().signal;

function note(text: string, reason: EventNote['reason'] = 'PolicyReverted'): DecisionNote {
  return { type: 'Warning', reason, action: 'ApplyPolicy', note: text, decision: 'd1' };
}

/** A recorder by a clock that the test moves; everything that is written is taken. */
function recorder(options: { window?: number; instance?: string } = {}) {
  const clock = { now: NOW };
  const failures: unknown[] = [];
  scripted.server.allow(`POST ${EVENTS}`, (response, { body }) =>
    sendJson(response, JSON.parse(body)),
  );
  const events = new EventRecorder({
    client: scripted.client,
    instance: 'portlock-0',
    onError: (error) => failures.push(error),
    now: () => clock.now,
    ...options,
  });
  const record = (event: DecisionNote, of = workload()) => events.record(of, event, signal);
  return { clock, events, failures, record };
}

/** Lets an Event that was made be applied to, and says what was. */
function allowSeries(name: string) {
  scripted.server.allow(`PATCH ${EVENTS}/${name}`, (response, { body }) =>
    sendJson(response, JSON.parse(body)),
  );
}

function created(): { metadata: { name: string }; note: string; series?: object }[] {
  return bodies('POST');
}

function bodies(method: string) {
  return scripted.server.requests
    .filter((request) => request.method === method)
    .map(({ body }) => JSON.parse(body));
}

test('an Event says whom it is about, and by whom and when it was seen', async () => {
  await recorder().record(note('it was edited'));
  expect(created()).toMatchObject([
    {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: {
        name: expect.stringMatching(/^web\./),
        namespace: 'shop',
        annotations: { 'portlock.dev/decision': 'd1' },
      },
      eventTime: '2026-01-02T03:04:05.000000Z',
      reportingController: 'portlock.dev/operator',
      reportingInstance: 'portlock-0',
      regarding: { kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'uid-web' },
      reason: 'PolicyReverted',
      note: 'it was edited',
    },
  ]);
});

test('an Event is written as ours, under names that the API server takes', async () => {
  const { events } = recorder({ instance: 'i'.repeat(200) });
  const name = `${'a-'.repeat(99)}.-${'b'.repeat(50)}`;
  await events.record(workload({ name }), note('it was edited'), signal);
  expect(String(scripted.server.requests[0]?.query)).toBe('fieldManager=portlock');
  const [event] = bodies('POST');
  expect(event.reportingInstance).toBe('i'.repeat(128));
  expect(event.metadata.name).toMatch(new RegExp(`^${'a-'.repeat(98)}a\\.[0-9a-f-]{36}$`));
});

test('whether it is one more of a series is known to who tells it', async () => {
  const { record } = recorder();
  expect(await record(note('it was edited'))).toBe(false);
  expect(await record(note('it was edited'))).toBe(true);
  expect(await record(note('it was deleted'))).toBe(false);
});

describe('what is told again', () => {
  test('is counted in the series of its Event, with one write in ten minutes', async () => {
    const { clock, record } = recorder();
    for (let time = 0; time < 400; time += 1) {
      await record(note('it was edited'));
      clock.now += 70;
    }
    expect(scripted.server.requests).toHaveLength(1);
    const [event] = created();
    allowSeries(event?.metadata.name ?? '');
    clock.now = NOW + 10 * MINUTE - 1;
    await record(note('it was edited'));
    expect(scripted.server.requests, 'ten minutes are not over').toHaveLength(1);
    clock.now = NOW + 10 * MINUTE;
    await record(note('it was edited'));
    expect(bodies('PATCH')).toEqual([
      {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: event?.metadata.name, namespace: 'shop' },
        series: { count: 402, lastObservedTime: '2026-01-02T03:14:05.000000Z' },
      },
    ]);
    const query = String(scripted.server.requests.at(-1)?.query);
    expect(query).toBe('fieldManager=portlock&force=true');
    await record(note('it was edited'));
    expect(bodies('PATCH'), 'and not again at once').toHaveLength(1);
  });

  test('is an Event of its own after ten quiet minutes', async () => {
    const { clock, record } = recorder();
    await record(note('it was edited'));
    clock.now += 10 * MINUTE;
    await record(note('it was edited'));
    expect(created()).toHaveLength(2);
  });

  test('is written by itself when its time has come', async () => {
    const { record } = recorder({ window: 50 });
    await record(note('it was edited'));
    allowSeries(created()[0]?.metadata.name ?? '');
    await record(note('it was edited'));
    await until('the series', () => bodies('PATCH').length === 1);
    expect(bodies('PATCH')[0].series.count).toBe(2);
  });

  test('is written at the end, where it was not yet', async () => {
    const { events, record } = recorder();
    await record(note('it was edited'));
    allowSeries(created()[0]?.metadata.name ?? '');
    await events.flush(signal);
    expect(bodies('PATCH'), 'there was nothing to add').toEqual([]);
    await record(note('it was edited'));
    await events.flush(signal);
    expect(bodies('PATCH')[0].series.count).toBe(2);
  });
});

describe('what differs', () => {
  test('in its words gets an Event of its own, three times; then it counts up the last one', async () => {
    const { record } = recorder();
    for (let port = 1; port <= 267; port += 1) await record(note(`port ${port}`));
    expect(created().map((each) => each.note)).toEqual(['port 1', 'port 2', 'port 3']);
  });

  test('in its reason or its workload is another series', async () => {
    const { record } = recorder();
    await record(note('the same'));
    await record(note('the same', 'PolicyApplied'));
    await record(note('the same'), workload({ uid: 'uid-other' }));
    expect(created()).toHaveLength(3);
  });
});

describe('an Event that cannot be written', () => {
  test('is told to the log, and is tried again when it is told again', async () => {
    const { failures, record } = recorder();
    scripted.server.expect(`POST ${EVENTS}`, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: 'exceeded quota' }),
    );
    expect(await record(note('it was edited'))).toBe(false);
    expect(failures).toHaveLength(1);
    await record(note('it was edited'));
    expect(created(), 'the refused one, and the one after it').toHaveLength(2);
  });

  test('of which the series is gone is followed by a new one', async () => {
    const { clock, failures, record } = recorder();
    await record(note('it was edited'));
    const name = created()[0]?.metadata.name ?? '';
    scripted.server.expect(`PATCH ${EVENTS}/${name}`, (response) =>
      sendStatus(response, 422, { reason: 'Invalid', message: 'regarding: Required value' }),
    );
    clock.now += 9 * MINUTE;
    await record(note('it was edited'));
    clock.now += 9 * MINUTE;
    await record(note('it was edited'));
    expect(failures).toHaveLength(1);
    await record(note('it was edited'));
    expect(created()).toHaveLength(2);
  });
});
