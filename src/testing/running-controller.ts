import { afterEach, vi } from 'vitest';
import { Controller, type ControllerOptions } from '../reconcile/controller.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { namespace, pod, snapshot } from './builders.ts';
import { fillStore } from './fill-store.ts';
import { looksOf } from './metric-samples.ts';
import { type LogLine, recordedLog } from './recorded-log.ts';
import { ScriptedProber } from './scripted-prober.ts';
import { shopCaches } from './shop-caches.ts';

/** A replica's controller that runs, and what it works with. */
export interface RunningController {
  controller: Controller;
  options: ControllerOptions & { prober: ScriptedProber };
  lines: LogLine[];
  /** How many times a workload was looked at, by how that ended. */
  looks: (result: 'success' | 'error') => Promise<number>;
  /** Ends it; resolves once the work is done. */
  stop: () => Promise<void>;
}

/** The pod of a replica of the operator, as the builders' prober is one. */
export function replicaPod(name: string, node: string, ip: string) {
  const labels = snapshot().prober.labels;
  return pod({ namespace: 'portlock-system', name, uid: `uid-${name}`, labels, node, ips: [ip] });
}

/**
 * Starts controllers of replicas in the cluster of the builders, in a fake time: the replica is portlock-0 on node-1
 * and alone, unless fields say otherwise. It is ended after each test of the file that calls this.
 */
export function runningControllers(): (
  fields: Pick<ControllerOptions, 'client'> & Partial<RunningController['options']>,
) => RunningController {
  const running: RunningController[] = [];
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
    vi.useRealTimers();
  });
  return (fields) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { log, lines } = recordedLog();
    const { prober = new ScriptedProber(() => ({ open: [8080, 8081] })) } = fields;
    const metrics = createMetrics();
    const self = { namespace: 'portlock-system', pod: 'portlock-0', node: 'node-1' };
    const caches = fields.caches ?? shopCaches();
    fillStore(caches.namespaces, [namespace({ name: 'portlock-system' })]);
    fillStore(caches.pods, [replicaPod('portlock-0', 'node-1', '10.0.9.9')]);
    const { timing } = snapshot();
    const options = {
      reportsServed: () => true,
      isLeading: () => true,
      members: () => ['portlock-0'],
      prober,
      log,
      metrics,
      self: { ...self, member: 'portlock-0' },
      timing: { ...timing, settle: 0, brake: 0 },
      widening: 'explicit' as const,
      watchedNamespaces: undefined,
      canaryPort: 8082,
      healthPort: 8081,
      ...fields,
      caches,
    };
    const controller = new Controller(options);
    const end = new AbortController();
    const run = controller.run(end.signal);
    const result: RunningController = {
      controller,
      options: { ...options, prober },
      lines,
      looks: (wanted) => looksOf(metrics, wanted),
      stop: () => {
        end.abort();
        return run;
      },
    };
    running.push(result);
    return result;
  };
}
