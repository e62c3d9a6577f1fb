import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { decide } from '../domain/decide.ts';
import type { WorkloadKind } from '../domain/workload.ts';
import { KubeClient } from '../kube/client.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { NOW, snapshot } from '../testing/builders.ts';
import { ScriptedApiServer } from '../testing/scripted-api-server.ts';
import { act } from './act.ts';
import { Caches } from './caches.ts';
import type { Context } from './context.ts';

let server: ScriptedApiServer;
let client: KubeClient;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  client = new KubeClient({ kubeConfig: server.kubeConfig() });
});

afterEach(async () => {
  await client.close();
  await server.close();
});

function reportOn(kind: WorkloadKind, name: string): PortExposureReport {
  return {
    ...{ apiVersion: 'portlock.dev/v1alpha1', kind: 'PortExposureReport' },
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '5' },
    spec: { targetRef: { apiVersion: 'apps/v1', kind, name: 'web' } },
  };
}

test('the report that goes with a StatefulSet is not that of the Deployment of its name', async () => {
  const caches = new Caches((error) => {
    throw error;
  });
  const [ofDeployment, ofStatefulSet] = [
    reportOn('Deployment', 'web'),
    reportOn('StatefulSet', 'web-statefulset'),
  ];
  for (const report of [ofDeployment, ofStatefulSet]) {
    const { name, uid = '' } = report.metadata;
    caches.reports.set({ key: `shop/${name}`, uid, resourceVersion: '5' }, report, 'watch');
  }
  const path = '/apis/portlock.dev/v1alpha1/namespaces/shop/portexposurereports/web-statefulset';
  server.expect(`DELETE ${path}`, (response) => response.end('{}'));
  const gone = snapshot({
    key: { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'web' },
    ...{ workload: undefined, pods: [], selected: [], report: ofStatefulSet },
  });
  const context: Omit<Context, 'probes' | 'events'> = {
    ...{ client, caches, log: createLog('error'), metrics: createMetrics(), now: () => NOW },
    ...{ timing: gone.timing, widening: gone.widening, prober: () => gone.prober },
    ...{ calibrations: () => gone.calibrations, lastApplied: new Map() },
    roleOf: () => ({ policy: true, probe: true }),
    reports: { served: () => true, isNews: () => true },
  };
  await act(decide(gone), gone, context as Context, new AbortController().signal);
  await server.verify();
  expect(caches.writtenReports.get({ namespace: 'shop', name: 'web-statefulset' })).toBeUndefined();
  expect(caches.writtenReports.get({ namespace: 'shop', name: 'web' })).toEqual(ofDeployment);
});
