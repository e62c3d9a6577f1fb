import { beforeEach, describe, expect, test, vi } from 'vitest';
import { namespace, pod, workload } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { KeptObjects } from '../testing/kept-objects.ts';
import { loopTurns } from '../testing/loop-turns.ts';
import { sumOf } from '../testing/metric-samples.ts';
import { replicaPod, runningControllers } from '../testing/running-controller.ts';
import { type Answer, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { ScriptedProber } from '../testing/scripted-prober.ts';
import { shopCaches } from '../testing/shop-caches.ts';
import { inWords, POLICIES, POLICY, REPORT } from '../testing/shop-paths.ts';
import { showIn } from '../testing/shown-in-caches.ts';
import { until } from '../testing/until.ts';
import type { ControllerOptions } from './controller.ts';

const scripted = scriptedClient();
const start = runningControllers();

let kept: KeptObjects;
beforeEach(() => {
  kept = new KeptObjects();
  scripted.server.otherwise(kept.answer);
});

const asked = () => inWords(scripted.server.requests);

function run(fields: Partial<Parameters<typeof start>[0]> = {}) {
  return start({ client: scripted.client, ...fields });
}

/** Without probes of any kind: nobody else is there to look at. */
const NOT_PROBING = { members: () => [] };

async function looked(replica: ReturnType<typeof run>, times: number, result: 'success' | 'error') {
  const condition = async () => (await replica.looks(result)) >= times;
  // What is not urgent waits for a lull.
  await passing(`it was looked at ${times} times`, 20, condition);
}

/** Lets time pass, in steps of so many milliseconds, until something is so. */
async function passing(what: string, step: number, condition: () => boolean | Promise<boolean>) {
  const look = async () => {
    if (await condition()) return true;
    await vi.advanceTimersByTimeAsync(step);
    // No request is given up because the machine is busy while that clock runs on.
    await loopTurns();
    return false;
  };
  await until(what, look, 30_000);
}

describe('at the start', () => {
  test('case 24: all that opted in are looked at, and what is left of those that are gone', async () => {
    const caches = shopCaches();
    fillStore(caches.workloads.Deployment, [
      workload({ name: 'out', uid: 'uid-out', mode: 'off' }),
    ]);
    kept.put(`${POLICIES}/gone-portlock`, {
      metadata: {
        name: 'gone-portlock',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'portlock' },
      },
      spec: { podSelector: { matchLabels: { app: 'gone' } } },
    });
    showIn(caches, kept);
    const replica = run({ caches, ...NOT_PROBING });
    await looked(replica, 2, 'success');
    expect(asked()).toEqual(
      expect.arrayContaining([
        'POST policy',
        'GET /apis/apps/v1/namespaces/shop/deployments/gone',
        `DELETE ${POLICIES}/gone-portlock`,
      ]),
    );
    expect(asked().some((words) => words.includes('/out'))).toBe(false);
  });

  test('a replica that does not lead writes no policy', async () => {
    const replica = run({ isLeading: () => false });
    await until('its part is written', () => asked().includes('PATCH status probe'));
    expect(asked().filter((words) => words.endsWith('policy'))).toEqual([]);
    expect(await replica.looks('error')).toBe(0);
  });

  test('how long it took, and how much waits, is measured', async () => {
    const replica = run(NOT_PROBING);
    const { metrics } = replica.options;
    expect(await sumOf(metrics, 'workqueue_depth')).toBe(1);
    await looked(replica, 1, 'success');
    expect(await sumOf(metrics, 'workqueue_depth')).toBe(0);
    expect(await sumOf(metrics, 'workqueue_adds_total')).toBe(1);
    expect(await sumOf(metrics, 'controller_runtime_reconcile_time_seconds_count')).toBe(1);
    expect(await sumOf(metrics, 'controller_runtime_max_concurrent_reconciles')).toBe(16);
    expect(await sumOf(metrics, 'portlock_calibrations', /Unknown/)).toBe(1);
  });
});

describe('a change in the cluster', () => {
  test('has the workload looked at', async () => {
    const caches = shopCaches({ mode: 'off' });
    const replica = run({ caches, ...NOT_PROBING });
    const identity = { key: 'shop/web', uid: 'uid-web', resourceVersion: '2' };
    caches.workloads.Deployment.set(identity, workload(), 'watch');
    await looked(replica, 1, 'success');
    expect(asked()[0]).toBe('POST policy');
  });

  test('after the end has nobody looked at', async () => {
    const caches = shopCaches({ mode: 'off' });
    const replica = run({ caches, ...NOT_PROBING });
    await replica.stop();
    const identity = { key: 'shop/web', uid: 'uid-web', resourceVersion: '2' };
    caches.workloads.Deployment.set(identity, workload(), 'watch');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked()).toEqual([]);
  });
});

describe('a new term', () => {
  test('begins with all workloads', async () => {
    let leads = false;
    const replica = run({ ...NOT_PROBING, isLeading: () => leads });
    await looked(replica, 1, 'success');
    expect(asked()).toEqual([]);
    leads = true;
    replica.controller.leadershipChanged();
    await looked(replica, 2, 'success');
    expect(asked()[0]).toBe('POST policy');
  });

  test('believes nothing of the one before: what was changed in between is no revert', async () => {
    const replica = run(NOT_PROBING);
    await looked(replica, 1, 'success');
    const edit = () => {
      const live = kept.at(POLICY);
      if (!live) throw new Error('there is no policy');
      kept.put(POLICY, { ...live, spec: { podSelector: {}, ingress: [{}] } });
    };
    edit();
    showIn(replica.options.caches, kept);
    await looked(replica, 2, 'success');
    expect(asked()).toContain('POST event PolicyReverted');
    const { policyReverts } = replica.options.metrics;
    expect((await policyReverts.get()).values[0]?.value).toBe(1);
    const before = asked().length;
    edit();
    replica.controller.leadershipChanged();
    showIn(replica.options.caches, kept);
    await looked(replica, 3, 'success');
    expect(asked().slice(before)).toEqual(['PATCH policy']);
    expect((await policyReverts.get()).values[0]?.value).toBe(1);
  });
});

test('a fight of the term before is not told by the next one', async () => {
  const replica = run(NOT_PROBING);
  const { caches } = replica.options;
  const isContested = () =>
    JSON.stringify(kept.at(REPORT)?.status?.conditions ?? []).includes('Contested');
  await until('the policy is there', () => kept.at(POLICY));
  await looked(replica, 1, 'success');
  for (let time = 1; time <= 5; time += 1) {
    showIn(caches, kept);
    const live = kept.at(POLICY);
    if (!live) throw new Error('there is no policy');
    kept.put(POLICY, { ...live, spec: { podSelector: {}, ingress: [{}] } });
    showIn(caches, kept);
    await looked(replica, time + 1, 'success');
  }
  await passing('the fight is told', 1, isContested);
  showIn(caches, kept);
  replica.controller.leadershipChanged();
  await passing('it is told no more', 1, () => !isContested());
});

describe('a look that fails', () => {
  const refuse =
    (code: number): Answer =>
    (response) =>
      sendStatus(response, code, { reason: 'Refused', message: 'not now' });
  const told = (replica: ReturnType<typeof run>) =>
    replica.lines.filter(({ line }) => line.endsWith('Could not reconcile; tries again'));

  test('is tried again, told once, and counted', async () => {
    scripted.server.otherwise((response, request) =>
      request.path === POLICIES ? refuse(403)(response, request) : kept.answer(response, request),
    );
    const replica = run(NOT_PROBING);
    for (let time = 1; time <= 4; time += 1) {
      await looked(replica, time, 'error');
      await vi.advanceTimersByTimeAsync(5 * 2 ** (time - 1));
    }
    expect(told(replica).slice(0, 4)).toEqual([
      {
        line: 'warn: Could not reconcile; tries again',
        key: 'Deployment/shop/web',
        retries: 0,
        error: 'not now',
      },
      expect.objectContaining({ line: expect.stringMatching(/^debug/), retries: 1 }),
      expect.objectContaining({ line: expect.stringMatching(/^debug/), retries: 2 }),
      expect.objectContaining({ line: expect.stringMatching(/^debug/), retries: 3 }),
    ]);
    expect(await replica.looks('success')).toBe(0);
  });

  /** Fails so often that the wait between two tries would be 20 seconds. */
  async function failedOften(replica: ReturnType<typeof run>): Promise<number> {
    await passing('it failed often', 5000, async () => (await replica.looks('error')) >= 13);
    const { metrics } = replica.options;
    expect(await sumOf(metrics, 'workqueue_retries_total')).toBe(await replica.looks('error'));
    return replica.looks('error');
  }

  test('because it came too late waits ten seconds at most, and is told with the seventh', async () => {
    scripted.server.allow(`POST ${POLICIES}`, refuse(409));
    const replica = run(NOT_PROBING);
    const before = await failedOften(replica);
    await vi.advanceTimersByTimeAsync(10_000);
    await looked(replica, before + 1, 'error');
    const warned = told(replica).filter(({ line }) => line.startsWith('warn'));
    expect(warned).toMatchObject([{ retries: 6 }]);
  });

  test('for another reason may wait longer', async () => {
    scripted.server.allow(`POST ${POLICIES}`, refuse(403));
    const replica = run(NOT_PROBING);
    const before = await failedOften(replica);
    const requests = asked().length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked()).toHaveLength(requests);
    await vi.advanceTimersByTimeAsync(20_480);
    await looked(replica, before + 1, 'error');
  });
});

describe('a stop', () => {
  test('lets what has begun end', async () => {
    const { promise: hanging, resolve: answer } = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    scripted.server.expect(`POST ${POLICIES}`, async (response, request) => {
      began.resolve();
      await hanging;
      kept.answer(response, request);
    });
    const replica = run(NOT_PROBING);
    await began.promise;
    const ended = replica.stop();
    answer();
    await ended;
    expect(asked()).toEqual([
      'POST policy',
      'POST event PolicyApplied',
      'PATCH report',
      'PATCH status policy',
    ]);
  });

  test('case 21: ends after fifteen seconds what hangs', async () => {
    const began = Promise.withResolvers<void>();
    scripted.server.expect(`POST ${POLICIES}`, () => began.resolve());
    const replica = run(NOT_PROBING);
    await began.promise;
    let isOver = false;
    const ended = replica.stop().then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(14_999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    expect(asked()).toEqual(['POST policy']);
  });

  test('writes what was counted of Events', async () => {
    const replica = run(NOT_PROBING);
    await looked(replica, 1, 'success');
    for (let time = 0; time < 2; time += 1) {
      showIn(replica.options.caches, kept);
      kept.remove(POLICY);
      showIn(replica.options.caches, kept);
      await looked(replica, time + 2, 'success');
    }
    const before = asked().length;
    await replica.stop();
    const [last] = scripted.server.requests.slice(before);
    expect(last?.method).toBe('PATCH');
    expect(JSON.parse(last?.body ?? '').series).toMatchObject({ count: 2 });
  });
});

describe('who sees the prober as another one', () => {
  const OWN = { key: 'portlock-system/portlock-0', uid: 'uid-portlock-0' };

  test.each<[string, (caches: ControllerOptions['caches']) => void, boolean]>([
    [
      'by its labels looks at all again',
      ({ pods }) => {
        const own = replicaPod('portlock-0', 'node-1', '10.0.9.9');
        pods.set({ ...OWN, resourceVersion: '2' }, { ...own, labels: { app: 'x' } }, 'watch');
      },
      true,
    ],
    [
      'by its address looks at all again',
      ({ pods }) =>
        pods.set(
          { ...OWN, resourceVersion: '2' },
          replicaPod('portlock-0', 'node-1', '10.0.9.8'),
          'watch',
        ),
      true,
    ],
    [
      'by the labels of its namespace looks at all again',
      ({ namespaces }) =>
        namespaces.set(
          { key: 'portlock-system', uid: 'portlock-system', resourceVersion: '2' },
          namespace({ name: 'portlock-system', labels: { team: 'x' } }),
          'watch',
        ),
      true,
    ],
    [
      'by nothing that policies see does not',
      ({ pods }) =>
        pods.set(
          { ...OWN, resourceVersion: '2' },
          { ...replicaPod('portlock-0', 'node-1', '10.0.9.9'), readySince: 7 },
          'watch',
        ),
      false,
    ],
    [
      'is not whoever sees another pod change',
      ({ pods }) =>
        pods.set(
          { key: 'portlock-system/x', uid: 'x', resourceVersion: '2' },
          pod({ namespace: 'portlock-system', name: 'x', uid: 'x', labels: {} }),
          'watch',
        ),
      false,
    ],
  ])('%s', async (_what, change, looksAgain) => {
    const replica = run(NOT_PROBING);
    await looked(replica, 1, 'success');
    change(replica.options.caches);
    if (looksAgain) await looked(replica, 2, 'success');
    await vi.advanceTimersByTimeAsync(100);
    expect(await replica.looks('success')).toBe(looksAgain ? 2 : 1);
  });
});

test('a workload is looked at again when its probe has ended, and when the next is due', async () => {
  const prober = new ScriptedProber(() => ({ open: [8080] }));
  const interval = 5000;
  const timing = { settle: 0, interval, jitter: 0, brake: 0, preflight: 0 };
  // The replica keeps the clock that it is started with.
  const now = vi.spyOn(Date, 'now');
  const replica = run({ prober, timing });
  const rounds = () => prober.jobs.filter(({ ports }) => ports.length > 2 && ports !== 'all');
  const told = () => asked().filter((words) => words === 'PATCH status probe').length;
  await passing('the end of a round was told', 1, () => told() > 1);
  const before = rounds().length;
  now.mockReturnValue(Date.now() + interval);
  await passing('another round was made', interval, () => rounds().length > before);
  now.mockRestore();
  expect(await replica.looks('error')).toBe(0);
});
