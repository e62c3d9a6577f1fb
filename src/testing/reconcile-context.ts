import type { KubeClient } from '../kube/client.ts';
import { EventRecorder } from '../kube/event-recorder.ts';
import type { Prober } from '../probe/prober.ts';
import { type Caches, createCaches } from '../reconcile/caches.ts';
import type { Context } from '../reconcile/context.ts';
import { probeRunners } from '../reconcile/probe-runners.ts';
import { RevertMemory } from '../reconcile/revert-memory.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { NOW, snapshot } from './builders.ts';
import { recordedLog } from './recorded-log.ts';
import { ScriptedProber } from './scripted-prober.ts';

/** Empty caches, in which a listener that throws fails the test. */
export function emptyCaches(): Caches {
  return createCaches((error) => {
    throw error;
  });
}

/**
 * All that a reconcile works with; reports are served, and the cluster is that of the builders. Probes see
 * what `prober` sees, which is silence where not given.
 */
export function reconcileContext(
  client: KubeClient,
  fields: Partial<Context> = {},
  prober: Prober = new ScriptedProber(),
): Context {
  const { timing, widening, calibrations, role, prober: identity } = snapshot();
  const { caches = emptyCaches(), metrics = createMetrics(), now = () => NOW } = fields;
  const { log = recordedLog().log } = fields;
  const probes = probeRunners({
    prober,
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
    watchedNamespaces: undefined,
    roleOf: () => role,
    now,
    prober: () => identity,
    podShare: () => 1,
    calibrations: () => calibrations,
    probes,
    reports: { served: () => true, isNews: () => true },
    references: new Map(),
    waits: new Map(),
    reverts: new RevertMemory(),
    untoldBrakes: new Map(),
    untoldEvents: new Map(),
    mustYield: () => false,
    wroteUrgent: () => {},
    lastApplied: new Map(),
    ...fields,
  };
}
