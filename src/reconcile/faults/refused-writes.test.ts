import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { workload } from '../../testing/builders.ts';
import { KeptObjects } from '../../testing/kept-objects.ts';
import { type RunningController, runningControllers } from '../../testing/running-controller.ts';
import { type Answer, sendJson, sendStatus } from '../../testing/scripted-api-server.ts';
import { scriptedClient } from '../../testing/scripted-client.ts';
import { inWords, POLICIES, POLICY, REPORT } from '../../testing/shop-paths.ts';
import { until } from '../../testing/until.ts';

const scripted = scriptedClient();
const start = runningControllers();

let kept: KeptObjects;
beforeEach(() => {
  kept = new KeptObjects();
  scripted.server.otherwise(kept.answer);
});

/** Nobody probes: nothing else is told of the workload. */
const run = () => start({ client: scripted.client, members: () => [] });
const creations = () =>
  inWords(scripted.server.requests).filter((words) => words === 'POST policy');
const told = () =>
  scripted.server.requests.flatMap(({ method, path, body }) =>
    method === 'POST' && path.endsWith('/events') ? [JSON.parse(body).reason] : [],
  );

/** The condition of the report of that type, as `Reason: message`, where it is True. */
function condition(type: string): string | undefined {
  const { status } = (kept.at(REPORT) ?? {}) as PortExposureReport;
  const found = status?.conditions?.find((each) => each.type === type && each.status === 'True');
  return found && `${found.reason}: ${found.message}`;
}

/** Somebody changes the Deployment. */
function change({ options }: RunningController): void {
  const event = { key: 'shop/web', uid: 'uid-web', resourceVersion: '2' };
  options.caches.workloads.Deployment.set(event, workload({ generation: 2 }), 'watch');
}

/** Lets time pass until the policy was asked for so many times; returns how long that was, in milliseconds. */
async function asked(times: number): Promise<number> {
  let passed = 0;
  await until(`${times} tries`, async () => {
    if (creations().length >= times) return true;
    await vi.advanceTimersByTimeAsync(100);
    passed += 100;
    return false;
  });
  return passed;
}

const details = { causes: [{ reason: 'NamespaceTerminating', message: 'it is terminated' }] };
const terminating: Answer = (response) =>
  sendJson(
    response,
    {
      kind: 'Status',
      code: 403,
      reason: 'Forbidden',
      message: 'unable to create new content in namespace shop because it is being terminated',
      details,
    },
    { code: 403 },
  );
const refusal =
  (code: number, reason: string, message: string): Answer =>
  (response) =>
    sendStatus(response, code, { reason, message });
const quota = refusal(
  403,
  'Forbidden',
  'exceeded quota: policies, requested: 1, used: 5, limited: 5',
);
const denied = refusal(
  403,
  'Forbidden',
  'admission webhook "deny.example" denied the request: no policies here',
);
const late = refusal(
  500,
  'InternalError',
  'failed calling webhook "slow.example": context deadline exceeded',
);

describe.each<[string, Answer, string, string[]]>([
  ['case 38: a namespace that is about to be gone', terminating, '', []],
  ['case 38: a quota that is used up', quota, 'Forbidden: exceeded quota', ['PolicyWriteFailed']],
  ['case 39: a webhook that denies', denied, 'Forbidden: admission webhook', ['PolicyWriteFailed']],
  ['case 39: a webhook that comes too late', late, '', ['PolicyWriteFailed']],
])('%s', (_, answer, stalled, events) => {
  test('is asked again after times that double, and told once', async () => {
    scripted.server.allow(`POST ${POLICIES}`, answer);
    run();
    await asked(1);
    expect(await asked(10)).toBeGreaterThan(5 * 2 ** 8);
    expect(creations()).toHaveLength(10);
    await until('the report says why', () => kept.at(REPORT)?.status);
    expect(condition('Stalled') ?? '').toMatch(new RegExp(`^${stalled}`));
    if (stalled === '') expect(condition('Stalled')).toBeUndefined();
    expect(condition('Ready')).toBeUndefined();
    expect(told()).toEqual(events);
  });

  test('is over with the next change, whatever time is left', async () => {
    scripted.server.allow(`POST ${POLICIES}`, answer);
    const replica = run();
    await asked(10);
    await until('it is told', () => kept.at(REPORT)?.status);
    scripted.server.allow(`POST ${POLICIES}`, kept.answer);
    change(replica);
    await until('the policy is there', () => kept.at(POLICY));
    await until('all is well', () => condition('PolicyInSync'));
    expect(condition('Stalled')).toBeUndefined();
  });
});

test('case 39: a webhook that never answers is given up after thirty seconds, and said to be so', async () => {
  const began = Promise.withResolvers<void>();
  scripted.server.expect(`POST ${POLICIES}`, () => began.resolve());
  const replica = run();
  await began.promise;
  await vi.advanceTimersByTimeAsync(29_999);
  expect(await replica.looks('error')).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  await until('it is an error', async () => (await replica.looks('error')) === 1);
  const { status } = kept.at(REPORT) as PortExposureReport;
  expect(status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'PolicyInSync', status: 'False', reason: 'ApiServerTimeout' }),
  );
});

test('case 17: a right that is missing for a while is told once, and all is well when it is back', async () => {
  scripted.server.allow(
    `POST ${POLICIES}`,
    refusal(403, 'Forbidden', 'networkpolicies is forbidden: User "portlock" cannot create'),
  );
  run();
  await asked(10);
  expect(condition('Stalled')).toMatch(/^Forbidden: networkpolicies is forbidden/);
  scripted.server.allow(`POST ${POLICIES}`, kept.answer);
  await asked(11);
  await until('the policy is there', () => kept.at(POLICY));
  await until('the report says so', () => condition('PolicyInSync'));
  expect(told().filter((reason) => reason === 'PolicyWriteFailed')).toHaveLength(1);
});
