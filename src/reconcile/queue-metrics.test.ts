import { expect, test, vi } from 'vitest';
import { createMetrics } from '../telemetry/metrics.ts';
import { useFakeClock } from '../testing/fake-clock.ts';
import { sumOf } from '../testing/metric-samples.ts';
import { measuringHooks } from './queue-metrics.ts';

useFakeClock();

test('a key waits, is worked on and ends; what is under way is told, too', async () => {
  const metrics = createMetrics();
  let depth = 0;
  const { onAdd, onStart, onEnd } = measuringHooks(metrics, () => depth);
  const value = (name: string) => sumOf(metrics, name);
  depth = 1;
  onAdd('a');
  await vi.advanceTimersByTimeAsync(2_000);
  depth = 0;
  onStart('a');
  expect(await value('workqueue_queue_duration_seconds_sum')).toBe(2);
  await vi.advanceTimersByTimeAsync(3_000);
  onStart('b');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await value('controller_runtime_active_workers')).toBe(2);
  expect(await value('workqueue_unfinished_work_seconds')).toBe(5);
  expect(await value('workqueue_longest_running_processor_seconds')).toBe(4);
  onEnd('a', 4);
  onEnd('b', 1);
  expect(await value('workqueue_unfinished_work_seconds')).toBe(0);
  expect(await value('workqueue_longest_running_processor_seconds')).toBe(0);
  expect(await value('controller_runtime_active_workers')).toBe(0);
  expect(await value('workqueue_work_duration_seconds_sum')).toBe(5);
  expect(await value('controller_runtime_reconcile_time_seconds_count')).toBe(2);
});

test('a key that is added again while it is worked on is one addition, and waits from then on', async () => {
  const metrics = createMetrics();
  const { onAdd, onStart, onEnd } = measuringHooks(metrics, () => 0);
  onAdd('a');
  onStart('a');
  onAdd('a');
  await vi.advanceTimersByTimeAsync(4_000);
  onEnd('a', 4);
  onAdd('a');
  onStart('a');
  expect(await sumOf(metrics, 'workqueue_adds_total')).toBe(2);
  expect(await sumOf(metrics, 'workqueue_queue_duration_seconds_sum')).toBe(4);
});
