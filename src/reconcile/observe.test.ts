import { expect, test } from 'vitest';
import { Prober } from '../probe/prober.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { NOW, namespace, snapshot, workload } from '../testing/builders.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { Caches } from './caches.ts';
import type { Context } from './context.ts';
import { observe } from './observe.ts';
import { ProbeRunner } from './probe-runner.ts';

const scripted = scriptedClient();

/** All that observing takes. */
function contextWith(caches: Caches): Context {
  const { timing, widening, prober, calibrations } = snapshot();
  const [log, metrics, now] = [createLog('error'), createMetrics(), () => NOW];
  const probes = new ProbeRunner({
    ...{ timing, log, metrics, now, podsAt: () => [], onProbed: () => {}, readySince: () => 0 },
    prober: new Prober({ connectionsPerSecond: 1, maximumInFlight: 1, timeoutMilliseconds: 1000 }),
    signal: new AbortController().signal,
  });
  const context: Omit<Context, 'events'> = {
    ...{
      client: scripted.client,
      caches,
      log,
      metrics,
      now,
      timing,
      widening,
      lastApplied: new Map(),
      references: new Map(),
    },
    probes: { probe: probes, secondProbe: probes },
    ...{ prober: () => prober, calibrations: () => calibrations },
    roleOf: () => snapshot().role,
    reports: { served: () => true, isNews: () => true },
  };
  return context as Context;
}

test('a namespace that is not in the cache yet is read, for policies speak of its labels', async () => {
  const caches = new Caches((error) => {
    throw error;
  });
  const cached = workload();
  const identity = { key: 'shop/web', uid: cached.uid, resourceVersion: '5' };
  caches.workloads.Deployment.set(identity, cached, 'watch');
  const labels = { 'kubernetes.io/metadata.name': 'shop', team: 'shop' };
  scripted.server.expect('GET /api/v1/namespaces/shop', (response) =>
    response.end(JSON.stringify({ metadata: { name: 'shop', labels } })),
  );
  const observed = await observe(
    'Deployment/shop/web',
    snapshot().role,
    contextWith(caches),
    new AbortController().signal,
  );
  await scripted.server.verify();
  expect(observed.namespace).toEqual(namespace({ labels }));
});
