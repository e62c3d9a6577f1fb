import { describe, expect, test } from 'vitest';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { decide } from '../domain/decide.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { visible } from '../domain/text/visible-text.ts';
import { reportName } from '../domain/workload/object-names.ts';
import type { WorkloadKind } from '../domain/workload/workload.ts';
import { probed, snapshot, workload } from '../testing/builders.ts';
import { sumOf } from '../testing/metric-samples.ts';
import { emptyCaches, reconcileContext } from '../testing/reconcile-context.ts';
import { recordedLog } from '../testing/recorded-log.ts';
import { type Answer, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { act } from './act.ts';
import type { Caches } from './caches.ts';
import type { Context } from './context.ts';

const scripted = scriptedClient();

function reportOn(kind: WorkloadKind, name: string): PortExposureReport {
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '5' },
    spec: { targetRef: { apiVersion: 'apps/v1', kind, name: 'web' } },
  };
}

/** All that acting takes. */
function contextOf(acting: Snapshot, caches: Caches): Context {
  return reconcileContext(scripted.client, { caches, roleOf: () => acting.role });
}

test('the report that goes with a StatefulSet is not that of the Deployment of its name', async () => {
  const caches = emptyCaches();
  const [ofDeployment, ofStatefulSet] = [
    reportOn('Deployment', 'web'),
    reportOn('StatefulSet', 'web-statefulset'),
  ];
  for (const report of [ofDeployment, ofStatefulSet]) {
    const { name, uid = '' } = report.metadata;
    caches.reports.set({ key: `shop/${name}`, uid, resourceVersion: '5' }, report, 'watch');
  }
  const path = '/apis/portlock.dev/v1alpha1/namespaces/shop/portexposurereports/web-statefulset';
  scripted.server.expect(`DELETE ${path}`, (response) => response.end('{}'));
  const gone = snapshot({
    key: { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'web' },
    workload: undefined,
    pods: [],
    selected: [],
    report: ofStatefulSet,
  });
  await act(decide(gone), gone, contextOf(gone, caches), new AbortController().signal);
  await scripted.server.verify();
  expect(caches.writtenReports.get({ namespace: 'shop', name: 'web-statefulset' })).toBeUndefined();
  expect(caches.writtenReports.get({ namespace: 'shop', name: 'web' })).toEqual(ofDeployment);
});

describe('the second probe’s part of a report', () => {
  const path = '/apis/portlock.dev/v1alpha1/namespaces/shop/portexposurereports/web/status';
  const role = { policy: false, probe: false, secondProbe: true, hasSecond: true };
  /** After a round that was as declared; the report is as the one that probes wrote it. */
  const looked = (): Snapshot => {
    const first = probed(snapshot({ role }), { open: [8080], otherwise: 'filtered' });
    const { secondProbe: _, ...status } = first.report?.status ?? {};
    return { ...first, report: first.report && { ...first.report, status } };
  };
  /** Acts once, and returns what was written. */
  async function acted(before: Snapshot, calls: number) {
    const caches = emptyCaches();
    for (let call = 0; call < calls; call += 1)
      scripted.server.expect(`PATCH ${path}`, (response, { body }) => response.end(body));
    await act(decide(before), before, contextOf(before, caches), new AbortController().signal);
    await scripted.server.verify();
    return scripted.server.requests.map(({ query, body }) => ({
      manager: query.get('fieldManager'),
      status: JSON.parse(body).status,
    }));
  }

  test('is applied by a manager of its own, and nothing else is', async () => {
    const written = await acted(looked(), 1);
    expect(written).toEqual([
      {
        manager: 'portlock-probe-second',
        status: { secondProbe: expect.objectContaining({ fromNode: 'node-1', pods: 1 }) },
      },
    ]);
  });

  test('waits for the report, which others make', async () => {
    expect(await acted({ ...looked(), report: undefined }, 0)).toEqual([]);
  });

  test('is not written again while it says the same', async () => {
    const before = looked();
    const plan = decide(before);
    const report = plan.report.do === 'ensure' ? plan.report.report : undefined;
    expect(await acted({ ...before, report }, 0)).toEqual([]);
  });

  test('is taken away by the one that probes, where no other replica is left', async () => {
    const before = looked();
    const secondProbe = { fromPod: 'portlock-system/portlock-1', fromNode: 'node-2' };
    const status = { ...before.report?.status, secondProbe };
    const alone = { policy: false, probe: true, secondProbe: false, hasSecond: false };
    const report = before.report && { ...before.report, status };
    const written = await acted({ ...before, report, role: alone }, 2);
    expect(written.map(({ manager }) => manager)).toEqual([
      'portlock-probe',
      'portlock-probe-second',
    ]);
    expect(written[1]?.status).toEqual({});
  });
});

test('what is ours under a former name goes once the right one is there, and not the one that replaced it', async () => {
  const key = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop' } as const;
  const web = { ...key, name: 'web-job' };
  const base = snapshot({ key: web, workload: workload({ name: 'web-job' }) });
  const plan = decide(base);
  if (plan.policy.do !== 'apply') throw new Error('no policy is applied');
  const { policy } = plan.policy;
  const former = {
    ...policy,
    metadata: { ...policy.metadata, name: 'web-job-portlock', uid: 'u1', resourceVersion: '7' },
  };
  const report = {
    ...reportOn('Deployment', 'web-job'),
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web-job' } },
  };
  const before = { ...base, policies: [former], formerReports: [report] };
  const caches = emptyCaches();
  const policies = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
  const reports = '/apis/portlock.dev/v1alpha1/namespaces/shop/portexposurereports';
  const name = reportName(web);
  const echo: Answer = (response, { body }) => response.end(body);
  scripted.server
    .expect(`POST ${policies}`, echo)
    .expect(`DELETE ${policies}/web-job-portlock`, echo)
    .expect(`PATCH ${reports}/${name}`, echo)
    .expect(`DELETE ${reports}/web-job`, echo);
  for (let part = 0; part < 2; part += 1)
    scripted.server.expect(`PATCH ${reports}/${name}/status`, echo);
  scripted.server.allow('POST /apis/events.k8s.io/v1/namespaces/shop/events', echo);
  const { log, lines } = recordedLog();
  const context = { ...contextOf(before, caches), log };
  await act(decide(before), before, context, new AbortController().signal);
  await scripted.server.verify();
  expect(lines).toContainEqual({
    line: 'info: Deleted the policy under its former name',
    namespace: 'shop',
    policy: 'web-job-portlock',
  });
  expect(await sumOf(context.metrics, 'portlock_policy_writes_total', /delete/)).toBe(1);
  const requests = scripted.server.requests.filter(({ path }) => !path.includes('/events'));
  expect(requests.map(({ method }) => method)).toEqual([
    'POST',
    'DELETE',
    'PATCH',
    'PATCH',
    'PATCH',
    'DELETE',
  ]);
  const preconditions = requests
    .filter(({ method }) => method === 'DELETE')
    .map(({ body }) => JSON.parse(body).preconditions);
  expect(preconditions).toEqual([
    { uid: 'u1', resourceVersion: '7' },
    { uid: 'uid-web-job', resourceVersion: '5' },
  ]);
});

test('what a webhook answers is told in the condition, and does nothing to the terminal that shows it', async () => {
  const before = snapshot();
  const message =
    'admission webhook "x" denied the request: \u001b]0;owned\u0007\u009b31m\u202e\nno';
  const policies = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
  const report = '/apis/portlock.dev/v1alpha1/namespaces/shop/portexposurereports/web';
  const echo: Answer = (response, { body }) => response.end(body);
  scripted.server
    .expect(`POST ${policies}`, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message }),
    )
    .expect(`PATCH ${report}`, echo)
    .expect('POST /apis/events.k8s.io/v1/namespaces/shop/events', echo);
  for (let part = 0; part < 2; part += 1) scripted.server.expect(`PATCH ${report}/status`, echo);
  const caches = emptyCaches();
  const { failure } = await act(
    decide(before),
    before,
    contextOf(before, caches),
    AbortSignal.timeout(60_000),
  );
  expect(String(failure?.error)).toMatch(/denied/);
  await scripted.server.verify();
  const conditions = scripted.server.requests.flatMap(({ path, body }) =>
    path.endsWith('/status') ? JSON.parse(body).status.conditions : [],
  ) as { type: string; message: string }[];
  const told = conditions.find(({ type }) => type === 'PolicyInSync')?.message;
  expect(told).toContain('denied the request: \\x1b]0;owned\\x07\\x9b31m\\u202e no');
  const event = scripted.server.requests.find(({ path }) => path.endsWith('/events'));
  expect(JSON.parse(event?.body ?? '').note).toBe(told);
  for (const condition of conditions) expect(visible(condition.message)).toBe(condition.message);
});
