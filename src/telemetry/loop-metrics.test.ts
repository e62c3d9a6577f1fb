import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loopMetrics, RESULTS } from './loop-metrics.ts';

let registry: Registry;
let metrics: ReturnType<typeof loopMetrics>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  registry = new Registry();
  metrics = loopMetrics([registry]);
});
afterEach(() => vi.useRealTimers());

/** The samples of a metric, as `labels value`. */
async function samples(name: string): Promise<string[]> {
  const text = await registry.getSingleMetricAsString(name);
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith(name) ? [line.slice(name.length)] : []));
}

const OF_QUEUE = '{name="workload",controller="workload"}';

test.each([
  ['controller_runtime_reconcile_errors_total', ['{controller="workload"} 0']],
  ['controller_runtime_max_concurrent_reconciles', ['{controller="workload"} 0']],
  ['controller_runtime_active_workers', ['{controller="workload"} 0']],
  ['workqueue_depth', [`${OF_QUEUE} 0`]],
  ['workqueue_adds_total', [`${OF_QUEUE} 0`]],
  ['workqueue_retries_total', [`${OF_QUEUE} 0`]],
  ['workqueue_unfinished_work_seconds', [`${OF_QUEUE} 0`]],
  ['workqueue_longest_running_processor_seconds', [`${OF_QUEUE} 0`]],
  ['leader_election_master_status', ['{name="portlock-leader"} 0']],
])('%s is there before anything happens: an alert on it is not blind', async (name, expected) => {
  expect(await samples(name)).toEqual(expected);
});

test.each(RESULTS)('a reconcile that ended with %s counts as that alone', async (result) => {
  metrics.reconciled(result);
  const counted = RESULTS.map(
    (each) => `{controller="workload",result="${each}"} ${each === result ? 1 : 0}`,
  );
  expect(await samples('controller_runtime_reconcile_total')).toEqual(counted);
  const errors = result === 'error' ? 1 : 0;
  expect(await samples('controller_runtime_reconcile_errors_total')).toEqual([
    `{controller="workload"} ${errors}`,
  ]);
});

test('work that is not done yet is told in sum, and the longest of it', async () => {
  metrics.workingSince.set('a', performance.now());
  vi.advanceTimersByTime(2_000);
  metrics.workingSince.set('b', performance.now());
  vi.advanceTimersByTime(500);
  expect(await samples('workqueue_unfinished_work_seconds')).toEqual([`${OF_QUEUE} 3`]);
  expect(await samples('workqueue_longest_running_processor_seconds')).toEqual([`${OF_QUEUE} 2.5`]);
  metrics.workingSince.delete('a');
  expect(await samples('workqueue_unfinished_work_seconds')).toEqual([`${OF_QUEUE} 0.5`]);
  expect(await samples('workqueue_longest_running_processor_seconds')).toEqual([`${OF_QUEUE} 0.5`]);
});
