import type { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach } from 'vitest';
import { NO_DEFAULTS } from '../domain/workload/mode.ts';
import { type OperatorOptions, PortlockOperator } from '../reconcile/operator.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { snapshot } from './builders.ts';
import { FaultProxy } from './fault-proxy.ts';
import { KeptObjects } from './kept-objects.ts';
import { type LogLine, recordedLog } from './recorded-log.ts';
import { ScriptedApiServer } from './scripted-api-server.ts';
import { ScriptedProber } from './scripted-prober.ts';
import { SHOP, WEB } from './shop-paths.ts';

/** A replica of the operator that runs. */
export interface RunningOperator {
  operator: PortlockOperator;
  metrics: Metrics;
  prober: ScriptedProber;
  lines: LogLine[];
  /** Ends it; resolves once it has given its leases back. */
  stop: () => Promise<void>;
}

/** The Deployment web as the API server sends it. */
export const WEB_ON_THE_WIRE = {
  metadata: {
    name: 'web',
    namespace: 'shop',
    uid: 'uid-web',
    generation: 1,
    labels: { 'portlock.dev/mode': 'enforce' },
  },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
    },
  },
};

/**
 * A scripted API server that keeps objects, the Deployment web among them, and replicas of the operator on it;
 * new ones for each test of the file that calls this.
 */
export function runningOperators() {
  const replicas: RunningOperator[] = [];
  let proxy: FaultProxy | undefined;
  const scene = {} as {
    server: ScriptedApiServer;
    kept: KeptObjects;
    /** Puts a proxy before the API server: whoever starts from now on goes through it. */
    intercept: () => Promise<FaultProxy>;
    start: (pod?: string, changes?: Partial<OperatorOptions>) => RunningOperator;
  };
  beforeEach(async () => {
    scene.server = await ScriptedApiServer.start();
    scene.kept = new KeptObjects();
    scene.server.otherwise(scene.kept.answer);
    scene.kept.put(SHOP, { metadata: { name: 'shop' } });
    scene.kept.put(WEB, WEB_ON_THE_WIRE);
  });
  scene.intercept = async () => {
    proxy = await FaultProxy.start({ url: scene.server.url });
    return proxy;
  };
  scene.start = (pod = 'portlock-0', changes = {}) => {
    const replica = startOperator((proxy ?? scene.server).kubeConfig(), pod, changes);
    replicas.push(replica);
    return replica;
  };
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map(({ stop }) => stop()));
    await proxy?.close();
    proxy = undefined;
    await scene.server.close();
  });
  return scene;
}

function startOperator(
  kubeConfig: KubeConfig,
  pod: string,
  changes: Partial<OperatorOptions>,
): RunningOperator {
  const { log, lines } = recordedLog();
  const metrics = createMetrics();
  const prober = new ScriptedProber(() => ({ open: [8080] }));
  const operator = new PortlockOperator({
    kubeConfig,
    log,
    metrics,
    prober,
    timing: { ...snapshot().timing, settle: 0, brake: 0 },
    widening: 'explicit',
    relistInterval: 3_600_000,
    requestsPerSecond: 0,
    canaryPort: 8082,
    healthPort: 8081,
    watchNamespaces: [],
    modeDefaults: NO_DEFAULTS,
    self: { namespace: 'portlock-system', pod, node: 'node-1' },
    ...changes,
  });
  const run = operator.start();
  const stop = () => {
    operator.stop();
    return run;
  };
  return { operator, metrics, prober, lines, stop };
}
