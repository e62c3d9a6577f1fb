import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import { decide } from '../domain/decide.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { canonicalJson } from '../domain/text/canonical.ts';
import { carriedOut, NOW, snapshot } from '../testing/builders.ts';
import { reconcileContext } from '../testing/reconcile-context.ts';
import type { ReceivedRequest } from '../testing/scripted-api-server.ts';
import { sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { act } from './act.ts';
import type { Context } from './context.ts';

const scripted = scriptedClient();

const POLICIES = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
const POLICY = `${POLICIES}/web-portlock`;
const REPORT = '/apis/portlock.dev/v1alpha1/namespaces/shop/portexposurereports/web';
const EVENTS = '/apis/events.k8s.io/v1/namespaces/shop/events';

/** The answer of an API server that takes what it gets. */
const echo: Parameters<typeof scripted.server.expect>[1] = (response, { body }) =>
  sendJson(response, withVersion(JSON.parse(body)));

function withVersion(object: { metadata: object }) {
  return { ...object, metadata: { uid: 'uid-made', resourceVersion: '20', ...object.metadata } };
}

/** The policy as the cache has it, after somebody opened it. */
function opened(): NetworkPolicy {
  const before = snapshot();
  const [made] = carriedOut(before, decide(before)).policies;
  if (!made) throw new Error('there is no policy');
  return {
    ...made,
    metadata: {
      ...made.metadata,
      uid: 'uid-policy',
      resourceVersion: '7',
      managedFields: [{ manager: 'portlock' }, { manager: 'kubectl-edit' }],
    },
    spec: { ...made.spec, ingress: [{}] },
  };
}

/** Calls by what they are about, each with what was sent. */
function sent(path: string): ReceivedRequest[] {
  return scripted.server.requests.filter((request) => request.path.startsWith(path));
}

function told(): { reason: string; note: string }[] {
  return sent(EVENTS)
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => JSON.parse(body));
}

async function carryOut(before: Snapshot, context: Context): Promise<void> {
  const { failure } = await act(decide(before), before, context, new AbortController().signal);
  if (failure) throw failure.error;
}

describe('every write of a policy carries the version that it was decided on', () => {
  test('an apply', async () => {
    scripted.server.expect(`PATCH ${POLICY}`, echo).allow(`PATCH ${REPORT}`, echo);
    scripted.server.allow(`PATCH ${REPORT}/status`, echo).allow(`POST ${EVENTS}`, echo);
    await carryOut(snapshot({ policies: [opened()] }), reconcileContext(scripted.client));
    await scripted.server.verify();
    expect(JSON.parse(sent(POLICY)[0]?.body ?? '').metadata).toMatchObject({
      uid: 'uid-policy',
      resourceVersion: '7',
    });
  });

  test('case 25: the replacement after it, and the one where two owners would be controllers', async () => {
    const untouched = withVersion(opened());
    scripted.server
      .expect(`PATCH ${POLICY}`, (response) => {
        const metadata = { ...untouched.metadata, resourceVersion: '8' };
        sendJson(response, { ...untouched, metadata });
      })
      .expect(`PUT ${POLICY}`, echo)
      .expect(`PATCH ${POLICY}`, (response) =>
        sendStatus(response, 422, { reason: 'Invalid', message: 'only one controller' }),
      )
      .expect(`PUT ${POLICY}`, echo)
      .allow(`PATCH ${REPORT}`, echo)
      .allow(`PATCH ${REPORT}/status`, echo)
      .allow(`POST ${EVENTS}`, echo);
    for (let time = 0; time < 2; time += 1)
      await carryOut(snapshot({ policies: [opened()] }), reconcileContext(scripted.client));
    await scripted.server.verify();
    const replaced = sent(POLICY).filter(({ method }) => method === 'PUT');
    expect(replaced.map(({ body }) => JSON.parse(body).metadata.resourceVersion)).toEqual([
      '8',
      '7',
    ]);
  });

  test('a deletion', async () => {
    const gone = snapshot({ policies: [opened()], workload: undefined });
    scripted.server.expect(`DELETE ${POLICY}`, (response) => response.end('{}'));
    await carryOut(gone, reconcileContext(scripted.client));
    await scripted.server.verify();
    expect(JSON.parse(sent(POLICY)[0]?.body ?? '').preconditions).toEqual({
      uid: 'uid-policy',
      resourceVersion: '7',
    });
  });

  test.each([
    ['edited', 409, 'Conflict'],
    ['deleted', 404, 'NotFound'],
  ])(
    'one that was %s meanwhile is observed again, and nothing is told of it',
    async (_how, code, reason) => {
      scripted.server.expect(`PATCH ${POLICY}`, (response) =>
        sendStatus(response, code, { reason, message: 'it is another one by now' }),
      );
      const context = reconcileContext(scripted.client);
      await expect(carryOut(snapshot({ policies: [opened()] }), context)).rejects.toMatchObject({
        status: code,
      });
      await scripted.server.verify();
      expect(scripted.server.requests).toHaveLength(1);
      expect(context.lastApplied.size).toBe(0);
    },
  );

  test('one that somebody else made a moment ago is looked at first', async () => {
    scripted.server.expect(`POST ${POLICIES}`, (response) =>
      sendStatus(response, 409, { reason: 'AlreadyExists', message: 'it is there' }),
    );
    await expect(carryOut(snapshot(), reconcileContext(scripted.client))).rejects.toThrow();
    expect(scripted.server.requests).toHaveLength(1);
  });
});

describe('a policy that cannot be written', () => {
  const denial = 'admission webhook "deny.example" denied the request: no policies here';
  const deny = (answer: object) =>
    scripted.server
      .expect(`POST ${POLICIES}`, (response) => sendJson(response, answer, { code: 403 }))
      .allow(`PATCH ${REPORT}`, echo)
      .allow(`PATCH ${REPORT}/status`, echo);
  const forbidden = { kind: 'Status', code: 403, reason: 'Forbidden' };

  test('case 17, case 39: is told in one Event with the server’s own sentence, and in the report as stalled', async () => {
    deny({ ...forbidden, message: denial }).expect(`POST ${EVENTS}`, echo);
    await expect(carryOut(snapshot(), reconcileContext(scripted.client))).rejects.toThrow(denial);
    await scripted.server.verify();
    expect(told()).toMatchObject([{ reason: 'PolicyWriteFailed', type: 'Warning', note: denial }]);
    const status = sent(`${REPORT}/status`).map(({ body }) => JSON.parse(body).status);
    expect(status[0].conditions).toContainEqual(
      expect.objectContaining({ type: 'Stalled', status: 'True', message: denial }),
    );
  });

  test('case 38: in a namespace that is about to be gone is nobody’s to mend', async () => {
    const details = { causes: [{ reason: 'NamespaceTerminating', message: 'it is terminated' }] };
    deny({ ...forbidden, message: 'it is being terminated', details });
    await expect(carryOut(snapshot(), reconcileContext(scripted.client))).rejects.toThrow();
    await scripted.server.verify();
    expect(told()).toEqual([]);
    const status = sent(`${REPORT}/status`).map(({ body }) => JSON.parse(body).status);
    const types = status[0].conditions.map(({ type }: { type: string }) => type);
    expect(types).toContain('PolicyInSync');
    expect(types).not.toContain('Stalled');
  });

  test('is told also where the report cannot be written either', async () => {
    const quota = 'exceeded quota: reports';
    scripted.server
      .expect(`POST ${POLICIES}`, (response) =>
        sendStatus(response, 403, { reason: 'Forbidden', message: denial }),
      )
      .expect(`PATCH ${REPORT}`, (response) =>
        sendStatus(response, 403, { reason: 'Forbidden', message: quota }),
      )
      .allow(`POST ${EVENTS}`, echo);
    await expect(carryOut(snapshot(), reconcileContext(scripted.client))).rejects.toThrow(denial);
    await scripted.server.verify();
    expect(told().map(({ reason, note }) => [reason, note])).toEqual([
      ['ReportWriteFailed', quota],
      ['PolicyWriteFailed', denial],
    ]);
  });
});

test.each([
  [500, 'failed calling webhook "slow.example"', 1],
  [503, 'the API server is about to end', 0],
  [429, 'too many requests', 0],
])('an answer of %d (%s) has %d Events', async (code, text, events) => {
  scripted.server
    .expect(`POST ${POLICIES}`, (response) =>
      sendStatus(response, code, { reason: 'InternalError', message: text }),
    )
    .allow(`PATCH ${REPORT}`, echo)
    .allow(`PATCH ${REPORT}/status`, echo)
    .allow(`POST ${EVENTS}`, echo);
  await expect(carryOut(snapshot(), reconcileContext(scripted.client))).rejects.toThrow(text);
  await scripted.server.verify();
  expect(told()).toHaveLength(events);
});

describe('a report that cannot be written', () => {
  const refuse: typeof echo = (response) =>
    sendStatus(response, 403, { reason: 'Forbidden', message: 'exceeded quota: reports' });

  test('does not swallow what was told of the policy', async () => {
    scripted.server
      .expect(`POST ${POLICIES}`, echo)
      .expect(`PATCH ${REPORT}`, refuse)
      .allow(`POST ${EVENTS}`, echo);
    await expect(carryOut(snapshot(), reconcileContext(scripted.client))).rejects.toThrow();
    await scripted.server.verify();
    expect(told().map(({ reason }) => reason)).toEqual(['PolicyApplied', 'ReportWriteFailed']);
  });

  test('does not make the brake forgotten: the policy stays taken back', async () => {
    const dropped = brakingSnapshot();
    const context = reconcileContext(scripted.client);
    scripted.server
      .expect(`DELETE ${POLICY}`, (response) => response.end('{}'))
      .expect(`PATCH ${REPORT}/status`, refuse)
      .allow(`POST ${EVENTS}`, echo);
    await expect(carryOut(dropped, context)).rejects.toThrow();
    await scripted.server.verify();
    expect(told().map(({ reason }) => reason)).toContain('AutoBrake');
    expect(await counted(context)).toBe(1);

    // The pods are ready again, and no report tells why.
    const untoldBrake = context.untoldBrakes.get('Deployment/shop/web');
    const again: Snapshot = { ...dropped, ...READY, policies: [], untoldBrake };
    expect(decide({ ...again, untoldBrake: undefined }).policy.do).toBe('apply');
    expect(decide(again).policy.do).toBe('nothing');
    scripted.server.allow(`PATCH ${REPORT}/status`, echo);
    await carryOut({ ...again, role: { ...again.role, policy: false } }, context);
    expect(context.untoldBrakes.size, 'who only probes tells of none').toBe(1);
    await carryOut(again, context);
    expect(context.untoldBrakes.size, 'now the report tells').toBe(0);
    expect(await counted(context), 'it is counted once').toBe(1);
  });
});

test('a brake that no report can tell of, as none is served, is not forgotten', async () => {
  const dropped = brakingSnapshot();
  const context = reconcileContext(scripted.client);
  context.reports = { served: () => false, isNews: () => true };
  scripted.server
    .expect(`DELETE ${POLICY}`, (response) => response.end('{}'))
    .allow(`POST ${EVENTS}`, echo);
  await carryOut(dropped, context);
  await scripted.server.verify();
  const untoldBrake = context.untoldBrakes.get('Deployment/shop/web');
  const again: Snapshot = { ...dropped, ...READY, policies: [], report: undefined, untoldBrake };
  expect(decide(again).policy.do, 'a person is waited for').toBe('nothing');
});

async function counted({ metrics }: Context): Promise<number | undefined> {
  return (await metrics.autoBrakes.get()).values[0]?.value;
}

const READY = { pods: snapshot().pods, selected: snapshot().selected };

/** The policy was applied a second ago, and the pod ceased to be ready. */
function brakingSnapshot(): Snapshot {
  const before = snapshot();
  const applied = carriedOut(before, decide(before));
  const drop = <T extends { ready: boolean; readySince: number }>(pod: T): T => ({
    ...pod,
    ready: false,
    readySince: NOW + 1000,
  });
  return {
    ...applied,
    now: NOW + 2000,
    pods: applied.pods.map(drop),
    selected: applied.selected.map(drop),
  };
}

describe('somebody who opens the policy in a loop', () => {
  test('case 36: is reverted each time; it is told in one Event, one log line, and counted', async () => {
    let now = NOW;
    const context = reconcileContext(scripted.client, { now: () => now });
    const desired = decide(snapshot()).desired;
    scripted.server
      .allow(`PATCH ${POLICY}`, echo)
      .allow(`PATCH ${REPORT}`, echo)
      .allow(`PATCH ${REPORT}/status`, echo)
      .allow(`POST ${EVENTS}`, echo);
    for (let flip = 0; flip < 50; flip += 1) {
      const before = snapshot({ now, policies: [opened()], ...lastApplied(desired) });
      await carryOut(before, context);
      now += 70;
    }
    expect(sent(POLICY), 'it goes on being reverted').toHaveLength(50);
    expect(told().map(({ reason }) => reason)).toEqual(['PolicyReverted']);
    expect(context.reverts.contest('Deployment/shop/web', now)?.by).toEqual(['kubectl-edit']);
    const { values } = await context.metrics.policyContests.get();
    expect(values[0]?.value).toBe(1);
  });
});

test('case 36: somebody who is faster than any write of ours is told of all the same', async () => {
  let now = NOW;
  const context = reconcileContext(scripted.client, { now: () => now });
  const desired = decide(snapshot()).desired;
  scripted.server
    .allow(`PATCH ${POLICY}`, (response) =>
      sendStatus(response, 409, { reason: 'Conflict', message: 'it is another one by now' }),
    )
    .allow(`PATCH ${REPORT}`, echo)
    .allow(`PATCH ${REPORT}/status`, echo)
    .allow(`POST ${EVENTS}`, echo);
  for (let flip = 0; flip < 20; flip += 1) {
    const before = snapshot({ now, policies: [opened()], ...lastApplied(desired) });
    await expect(carryOut(before, context)).rejects.toMatchObject({ status: 409 });
    now += 8;
  }
  expect(told().map(({ reason }) => reason)).toEqual(['PolicyWriteFailed']);
  const [status] = sent(`${REPORT}/status`).map(({ body }) => JSON.parse(body).status);
  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Stalled', status: 'True', reason: 'Contested' }),
  );
});

function lastApplied(desired: NetworkPolicy | undefined): Pick<Snapshot, 'lastApplied'> {
  return { lastApplied: canonicalJson(desired) };
}
