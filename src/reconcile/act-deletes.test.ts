import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import { decide } from '../domain/decide.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { canonicalJson } from '../domain/text/canonical.ts';
import { carriedOut, snapshot, workload } from '../testing/builders.ts';
import { FAILING_ANSWERS } from '../testing/failing-answers.ts';
import { reconcileContext } from '../testing/reconcile-context.ts';
import { recordedLog } from '../testing/recorded-log.ts';
import { type Answer, sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { EVENTS, inWords, POLICY, REPORT } from '../testing/shop-paths.ts';
import { act, type Outcome } from './act.ts';
import type { Context } from './context.ts';

const scripted = scriptedClient();
const NAME = { namespace: 'shop', name: 'web-portlock' };
const REPORT_NAME = { namespace: 'shop', name: 'web' };

const done: Answer = (response) => sendJson(response, {});
const gone: Answer = (response) =>
  sendStatus(response, 404, { reason: 'NotFound', message: 'it is not there' });
const forbidden: Answer = (response) =>
  sendStatus(response, 403, { reason: 'Forbidden', message: 'deny.example: nothing goes' });
const echo: Answer = (response, { body }) => sendJson(response, JSON.parse(body));

/** After a pass that made both; the workload is as given since. */
function kept(fields: Partial<Snapshot>): Snapshot & { live: NetworkPolicy } {
  const before = snapshot();
  const { policies, report } = carriedOut(before, decide(before));
  const [made] = policies;
  if (!made || !report) throw new Error('nothing was made');
  const metadata = { ...made.metadata, uid: 'uid-policy', resourceVersion: '7' };
  const live = { ...made, metadata };
  return {
    ...before,
    policies: [live],
    live,
    report: {
      ...report,
      metadata: { ...report.metadata, uid: 'uid-report', resourceVersion: '9' },
    },
    ...fields,
  };
}

/** A context whose caches hold what is kept, and that saw the policy in force. */
function contextOf({ live, report }: ReturnType<typeof kept>, fields: Partial<Context> = {}) {
  const context = reconcileContext(scripted.client, fields);
  const { caches } = context;
  const key = 'shop/web-portlock';
  caches.policies.set({ key, uid: 'uid-policy', resourceVersion: '7' }, live, 'watch');
  if (report)
    caches.reports.set(
      { key: 'shop/web', uid: 'uid-report', resourceVersion: '9' },
      report,
      'watch',
    );
  context.lastApplied.set('Deployment/shop/web', canonicalJson(live));
  return context;
}

function carryOut(before: Snapshot, context: Context): Promise<Outcome> {
  return act(decide(before), before, context, new AbortController().signal);
}

async function deletions({ metrics }: Context): Promise<number | undefined> {
  const { values } = await metrics.policyWrites.get();
  return values.find(({ labels }) => labels.operation === 'delete')?.value;
}

describe('of a workload that is gone', () => {
  const madeBefore = () => kept({ workload: undefined, pods: [], selected: [] });

  test('the very policy and the very report that were looked at go, in this order', async () => {
    scripted.server.expect(`DELETE ${POLICY}`, done).expect(`DELETE ${REPORT}`, done);
    const { log, lines } = recordedLog();
    const context = contextOf(madeBefore(), { log });
    expect((await carryOut(madeBefore(), context)).failure).toBeUndefined();
    await scripted.server.verify();
    expect(inWords(scripted.server.requests)).toEqual(['DELETE policy', 'DELETE report']);
    const preconditions = scripted.server.requests.map(
      ({ body }) => JSON.parse(body).preconditions,
    );
    expect(preconditions).toEqual([
      { uid: 'uid-policy', resourceVersion: '7' },
      { uid: 'uid-report' },
    ]);
    expect(context.caches.writtenPolicies.get(NAME), 'the cache is behind').toBeUndefined();
    expect(context.caches.writtenReports.get(REPORT_NAME)).toBeUndefined();
    expect(context.lastApplied.size).toBe(0);
    expect(await deletions(context)).toBe(1);
    expect(lines).toContainEqual(
      expect.objectContaining({
        line: 'info: Deleted the policy',
        key: 'Deployment/shop/web',
        policy: 'web-portlock',
      }),
    );
  });

  test('what somebody else has deleted already is done', async () => {
    scripted.server.expect(`DELETE ${POLICY}`, gone).expect(`DELETE ${REPORT}`, gone);
    const context = contextOf(madeBefore());
    expect((await carryOut(madeBefore(), context)).failure).toBeUndefined();
    await scripted.server.verify();
    expect(context.caches.writtenPolicies.get(NAME)).toBeUndefined();
    expect(context.caches.writtenReports.get(REPORT_NAME)).toBeUndefined();
  });

  test('a policy that was edited meanwhile is looked at again, and the report waits', async () => {
    scripted.server.expect(`DELETE ${POLICY}`, (response) =>
      sendStatus(response, 409, { reason: 'Conflict', message: 'it is another one by now' }),
    );
    const context = contextOf(madeBefore());
    await expect(carryOut(madeBefore(), context)).rejects.toMatchObject({ status: 409 });
    expect(inWords(scripted.server.requests)).toEqual(['DELETE policy']);
    expect(context.caches.writtenPolicies.get(NAME)).toBeDefined();
    expect(await deletions(context)).toBe(0);
  });

  test.each(FAILING_ANSWERS.filter(({ what }) => what !== '404'))(
    'a report that is not deleted because of $what is tried again',
    async ({ answer }) => {
      scripted.server.expect(`DELETE ${POLICY}`, done).expect(`DELETE ${REPORT}`, answer);
      const context = contextOf(madeBefore());
      expect((await carryOut(madeBefore(), context)).failure).toBeDefined();
      expect(context.caches.writtenPolicies.get(NAME)).toBeUndefined();
      expect(context.caches.writtenReports.get(REPORT_NAME)).toBeDefined();
    },
  );

  test('a replica that does not lead deletes nothing', async () => {
    const role = { policy: false, probe: true, secondProbe: false, hasSecond: false };
    const follower = { ...madeBefore(), role };
    expect((await carryOut(follower, contextOf(follower))).failure).toBeUndefined();
    expect(scripted.server.requests).toEqual([]);
  });

  test('while reports are not served only the policy goes', async () => {
    scripted.server.expect(`DELETE ${POLICY}`, done);
    const reports = { served: () => false, isNews: () => true };
    await carryOut(madeBefore(), contextOf(madeBefore(), { reports }));
    expect(inWords(scripted.server.requests)).toEqual(['DELETE policy']);
  });
});

describe('of a workload that was opted out', () => {
  const madeBefore = () => kept({ workload: workload({ mode: 'off' }) });

  test('the deletion is told in one Event, before the report goes', async () => {
    scripted.server
      .expect(`DELETE ${POLICY}`, done)
      .expect(`POST ${EVENTS}`, echo)
      .expect(`DELETE ${REPORT}`, done);
    await carryOut(madeBefore(), contextOf(madeBefore()));
    await scripted.server.verify();
    expect(inWords(scripted.server.requests)).toEqual([
      'DELETE policy',
      'POST event PolicyDeleted',
      'DELETE report',
    ]);
  });

  test('a policy that may not be deleted stays, and somebody is told', async () => {
    scripted.server.expect(`DELETE ${POLICY}`, forbidden).allow(`POST ${EVENTS}`, echo);
    scripted.server.allow(`DELETE ${REPORT}`, done);
    const context = contextOf(madeBefore());
    const { failure } = await carryOut(madeBefore(), context);
    expect(failure?.error).toMatchObject({ status: 403 });
    expect(inWords(scripted.server.requests)).toContain('POST event PolicyWriteFailed');
    expect(inWords(scripted.server.requests)).not.toContain('POST event PolicyDeleted');
    expect(context.caches.writtenPolicies.get(NAME)).toBeDefined();
    expect(await deletions(context)).toBe(0);
  });
});

test('a workload that is only audited from now on keeps its report', async () => {
  const before = kept({ workload: workload({ mode: 'audit' }) });
  scripted.server
    .expect(`DELETE ${POLICY}`, done)
    .allow(`POST ${EVENTS}`, echo)
    .allow(`PATCH ${REPORT}/status`, echo);
  await carryOut(before, contextOf(before));
  await scripted.server.verify();
  const asked = inWords(scripted.server.requests);
  expect(asked.slice(0, 2)).toEqual(['DELETE policy', 'POST event PolicyDeleted']);
  expect(asked).not.toContain('DELETE report');
  expect(asked, 'its owner reference is as it is to be').not.toContain('PATCH report');
});
