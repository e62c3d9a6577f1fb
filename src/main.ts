import type { Server } from 'node:net';
import type { Widening } from './domain/snapshot.ts';
import type { ModeDefaults } from './domain/workload/mode.ts';
import { KubeClient } from './kube/client.ts';
import { loadKubeConfig } from './kube/kubeconfig.ts';
import { reviewToken } from './kube/token-review.ts';
import { listenAsCanary } from './probe/canary.ts';
import { Prober } from './probe/prober.ts';
import { type OperatorOptions, PortlockOperator } from './reconcile/operator.ts';
import { endOnCrash } from './telemetry/crash.ts';
import { type Answer, ListenError, parseAddress, serve } from './telemetry/http-endpoint.ts';
import { createLog, type Log, type LogFormat, type LogLevel } from './telemetry/log.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { type SecureOptions, serveMetrics } from './telemetry/metrics-endpoint.ts';

/** The flags of `portlock operator`, parsed. */
export interface OperatorFlags {
  kubeconfig: string | undefined;
  context: string | undefined;
  namespace: string;
  /** None for the whole cluster. */
  watchNamespaces: readonly string[];
  defaultMode: ModeDefaults['mode'];
  excludeNamespaces: readonly string[];
  healthProbeBindAddress: string;
  metricsBindAddress: string;
  /** Whether on https and for those alone who may. */
  metricsSecure: boolean;
  metricsCertPath: string | undefined;
  canaryPort: number;
  /** Connections a second; 0 for as many as go. */
  probeRate: number;
  /** The same, of all replicas together: to the pods of a node, and in all. */
  probeRatePerNode: number;
  probeRateTotal: number;
  probeConcurrency: number;
  /** In percent of the interval. */
  probeJitter: number;
  /** Milliseconds, these six. */
  probeTimeout: number;
  probeInterval: number;
  settle: number;
  brakeWindow: number;
  preflightProbe: number;
  relistInterval: number;
  /** Requests a second; 0 for as many as the API server grants. */
  qps: number;
  widening: Widening;
  logLevel: LogLevel;
  logFormat: LogFormat;
}

/**
 * The composition root of the operator: builds everything, runs until SIGTERM or SIGINT, then
 * drains.
 *
 * @throws KubeConfigError, ListenError: bad use, in one line
 */
export async function runOperator(flags: OperatorFlags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logFormat);
  const metrics = createMetrics();
  const kubeConfig = loadKubeConfig({ kubeconfig: flags.kubeconfig, context: flags.context });
  const prober = new Prober({
    connectionsPerSecond: flags.probeRate,
    connectionsPerSecondToNode: flags.probeRatePerNode,
    connectionsPerSecondOfAll: flags.probeRateTotal,
    maximumInFlight: flags.probeConcurrency,
    timeoutMilliseconds: flags.probeTimeout,
  });
  const operator = buildOperator(flags, { kubeConfig, log, metrics, prober });
  const reviewClient = flags.metricsSecure
    ? new KubeClient({
        kubeConfig,
        onRequest: ({ code, method, host }) => metrics.requests.inc({ code, method, host }),
      })
    : undefined;
  const servers = await startServers(flags, operator, {
    log,
    metrics,
    secure: reviewClient && secureMetrics(flags, reviewClient),
  });
  stopOnSignals(operator, log);
  endOnCrash(log, () => operator.abandon());
  log.info('Started', { namespace: flags.namespace });
  try {
    await operator.start();
  } finally {
    for (const server of servers) server.close();
    await Promise.all([prober.close(), reviewClient?.close()]);
  }
  log.info('Stopped');
}

function buildOperator(
  flags: OperatorFlags,
  parts: Pick<OperatorOptions, 'kubeConfig' | 'log' | 'metrics' | 'prober'>,
): PortlockOperator {
  // The base class of the operator looks for a configuration of its own while it is constructed.
  if (flags.kubeconfig !== undefined) process.env.KUBECONFIG = flags.kubeconfig;
  return new PortlockOperator({
    ...parts,
    timing: {
      settle: flags.settle,
      interval: flags.probeInterval,
      jitter: flags.probeJitter / 100,
      brake: flags.brakeWindow,
      preflight: flags.preflightProbe,
    },
    canaryPort: flags.canaryPort,
    widening: flags.widening,
    watchNamespaces: flags.watchNamespaces,
    modeDefaults: {
      mode: flags.defaultMode,
      excludedNamespaces: flags.excludeNamespaces,
    },
    relistInterval: flags.relistInterval,
    requestsPerSecond: flags.qps,
    healthPort: parseAddress(flags.healthProbeBindAddress).port,
    self: {
      namespace: flags.namespace,
      pod: process.env.POD_NAME ?? '',
      node: process.env.NODE_NAME ?? '',
    },
  });
}

/** Listens for the kubelet, for Prometheus, and for the other replicas. */
async function startServers(
  flags: OperatorFlags,
  operator: PortlockOperator,
  { log, metrics, secure }: { log: Log; metrics: Metrics; secure: SecureOptions | undefined },
): Promise<Server[]> {
  const health = {
    '/healthz': () => text(operator.isAlive ? 200 : 500, operator.isAlive ? ['ok'] : ['hangs']),
    '/readyz': () =>
      text(operator.isReady ? 200 : 503, [
        operator.isReady ? 'ok' : 'not ready',
        ...operator.outages,
      ]),
  };
  const { registry } = metrics;
  const address = flags.metricsBindAddress;
  return [
    await serve(flags.healthProbeBindAddress, 'health', health),
    await serveMetrics({ address, registry, log, secure }),
    await listenAsCanary(flags.canaryPort).catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
      throw new ListenError(
        `cannot listen on the canary port ${flags.canaryPort}: ${why}; choose another with --canary-port`,
      );
    }),
  ];
}

/**
 * Who may read metrics is asked of the API server by a client of its own: what it refuses says nothing about the
 * operator's own work, and a replica that may not write asks, too.
 */
function secureMetrics(flags: OperatorFlags, client: KubeClient): SecureOptions {
  const { namespace, metricsCertPath } = flags;
  return {
    certificateFolder: metricsCertPath,
    dnsName: `portlock-metrics.${namespace}.svc`,
    review: (token) => reviewToken(client, token, { verb: 'get', path: '/metrics' }),
  };
}

const END_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

function stopOnSignals(operator: PortlockOperator, log: Log): void {
  const stop = () => {
    log.info('Stopping');
    operator.stop();
    // A second signal ends the process at once.
    for (const signal of END_SIGNALS) process.once(signal, () => process.exit(1));
  };
  for (const signal of END_SIGNALS) process.once(signal, stop);
}

function text(status: number, lines: readonly string[]): Answer {
  return { status, contentType: 'text/plain', body: `${lines.join('\n')}\n` };
}
