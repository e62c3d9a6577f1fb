import type { KubeClient } from '../kube/client.ts';
import { EventRecorder } from '../kube/event-recorder.ts';
import { Prober } from '../probe/prober.ts';
import { type Caches, createCaches } from '../reconcile/caches.ts';
import type { Context } from '../reconcile/context.ts';
import { ProbeRunner } from '../reconcile/probe-runner.ts';
import { RevertMemory } from '../reconcile/revert-memory.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { NOW, snapshot } from './builders.ts';

/** Empty caches, in which a listener that throws fails the test. */
export function emptyCaches(): Caches {
  return createCaches((error) => {
    throw error;
  });
}

/**
 * All that a reconcile works with; reports are served, and the cluster is that of the builders. Probes are
 * really made: a test that reconciles with them gives its pods addresses of the loopback interface.
 */
export function reconcileContext(client: KubeClient, fields: Partial<Context> = {}): Context {
  const { timing, widening, prober, calibrations, role } = snapshot();
  const { caches = emptyCaches(), metrics = createMetrics(), now = () => NOW } = fields;
  const log = createLog('error');
  const probes = new ProbeRunner({
    prober: new Prober({ connectionsPerSecond: 1, maximumInFlight: 1, timeoutMilliseconds: 1000 }),
    timing,
    log,
    metrics,
    now,
    podsAt: (ip) => caches.pods.byIndex('ip', ip),
    readySince: () => 0,
    onProbed: () => {},
    signal: new AbortController().signal,
  });
  const onError = (error: unknown) => {
    throw error;
  };
  return {
    client,
    caches,
    events: new EventRecorder({ client, instance: 'portlock-0', onError, now }),
    log,
    metrics,
    timing,
    widening,
    roleOf: () => role,
    now,
    prober: () => prober,
    calibrations: () => calibrations,
    probes: { probe: probes, secondProbe: probes },
    reports: { served: () => true, isNews: () => true },
    references: new Map(),
    reverts: new RevertMemory(),
    untoldBrakes: new Map(),
    lastApplied: new Map(),
    ...fields,
  };
}
