import type { Metrics } from '../telemetry/metrics.ts';
import type { WorkqueueOptions } from './workqueue.ts';

type Hooks = Required<Pick<WorkqueueOptions, 'onAdd' | 'onStart' | 'onEnd'>>;
type Measured = Pick<
  Metrics,
  | 'queueDepth'
  | 'queueAdds'
  | 'queueSeconds'
  | 'workSeconds'
  | 'reconcileSeconds'
  | 'activeWorkers'
  | 'workingSince'
>;

/** Measures a queue, and the work on it. */
export function measuringHooks(metrics: Measured, depth: () => number): Hooks {
  /** In ms of performance.now(). */
  const waitingSince = new Map<string, number>();
  const { workingSince, activeWorkers, queueDepth } = metrics;
  return {
    onAdd: (key) => {
      queueDepth.set(depth());
      // One that is added while it is worked on waits from then on, and is put into its place after that.
      if (waitingSince.has(key)) return;
      waitingSince.set(key, performance.now());
      metrics.queueAdds.inc();
    },
    onStart: (key) => {
      queueDepth.set(depth());
      const now = performance.now();
      metrics.queueSeconds.observe((now - (waitingSince.get(key) ?? now)) / 1000);
      waitingSince.delete(key);
      workingSince.set(key, now);
      activeWorkers.set(workingSince.size);
    },
    onEnd: (key, seconds) => {
      workingSince.delete(key);
      activeWorkers.set(workingSince.size);
      metrics.workSeconds.observe(seconds);
      metrics.reconcileSeconds.observe(seconds);
    },
  };
}

/** As controller-runtime names what a reconcile returned. */
export function resultOf(again: number | 'yielded' | undefined) {
  if (again === 'yielded') return 'requeue';
  return again === undefined ? 'success' : 'requeue_after';
}
