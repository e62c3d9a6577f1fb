import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The operator's metrics, in a registry of their own. Never a pod or a port as a label. */
export interface Metrics {
  registry: Registry;
  reconciles: Counter<'result'>;
  reconcileSeconds: Histogram;
  queueDepth: Gauge;
  requests: Counter<'method' | 'code'>;
  leader: Gauge;
  policyWrites: Counter<'operation'>;
  policyReverts: Counter;
  policyContests: Counter;
  autoBrakes: Counter;
  undeclaredReachable: Gauge<'namespace' | 'kind' | 'name'>;
  probeConnections: Counter<'outcome'>;
  /** What tells the age of the oldest round in seconds, of which the oldest counts; asked at each scrape. */
  roundAges: Set<() => number>;
  malformedObjects: Counter<'resource'>;
  relists: Counter<'resource' | 'reason'>;
  missedEvents: Counter<'resource'>;
}

/** Registers every metric, so that each is there from the first scrape on. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics: Metrics = {
    registry,
    ...loopMetrics([registry]),
    ...policyMetrics([registry]),
    ...probeMetrics([registry]),
    ...readingMetrics([registry]),
  };
  for (const result of ['success', 'error']) metrics.reconciles.inc({ result }, 0);
  for (const operation of ['apply', 'delete']) metrics.policyWrites.inc({ operation }, 0);
  for (const outcome of ['open', 'refused', 'filtered', 'unreachable', 'error'])
    metrics.probeConnections.inc({ outcome }, 0);
  return metrics;
}

/** Of the loop, under the names that operators have. */
function loopMetrics(registers: Registry[]) {
  return {
    reconciles: new Counter({
      name: 'controller_runtime_reconcile_total',
      registers,
      labelNames: ['result'],
      help: 'Reconciles by result',
    }),
    reconcileSeconds: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      registers,
      help: 'Length of a reconcile',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    }),
    queueDepth: new Gauge({
      name: 'workqueue_depth',
      registers,
      help: 'Keys that wait to be reconciled',
    }),
    requests: new Counter({
      name: 'rest_client_requests_total',
      registers,
      labelNames: ['method', 'code'],
      help: 'Requests to the API server by method and status code',
    }),
    leader: new Gauge({
      name: 'leader_election_master_status',
      registers,
      help: '1 while this replica leads',
    }),
  };
}

/** Of what is written, and of who writes over it. */
function policyMetrics(registers: Registry[]) {
  return {
    policyWrites: new Counter({
      name: 'portlock_policy_writes_total',
      registers,
      labelNames: ['operation'],
      help: 'NetworkPolicies written, by operation (apply, delete)',
    }),
    policyReverts: new Counter({
      name: 'portlock_policy_reverts_total',
      registers,
      help: 'NetworkPolicies put back after somebody else edited or deleted them',
    }),
    policyContests: new Counter({
      name: 'portlock_policy_contests_total',
      registers,
      help: 'NetworkPolicies that somebody began to change again and again',
    }),
    autoBrakes: new Counter({
      name: 'portlock_auto_brakes_total',
      registers,
      help: 'New NetworkPolicies taken back because pods ceased to be ready',
    }),
  };
}

/** Of what is read of the cluster. */
function readingMetrics(registers: Registry[]) {
  return {
    malformedObjects: new Counter({
      name: 'portlock_malformed_objects_total',
      registers,
      labelNames: ['resource'],
      help: 'Objects read that were not as the API says, by resource; what of them was wrong was left out',
    }),
    relists: new Counter({
      name: 'portlock_relists_total',
      registers,
      labelNames: ['resource', 'reason'],
      help: 'Times that a resource was read again as a whole, by reason (periodic, expired, malformed_line, went_back)',
    }),
    missedEvents: new Counter({
      name: 'portlock_missed_events_total',
      registers,
      labelNames: ['resource'],
      help: 'Changes that no watch had told of and that reading a resource again brought to light',
    }),
  };
}

/** Of what is seen from outside. */
function probeMetrics(registers: Registry[]) {
  const roundAges = new Set<() => number>();
  new Gauge({
    name: 'portlock_probe_round_age_seconds',
    registers,
    help: 'Age of the oldest round of probes, of the workloads with pods that this replica probes',
    collect() {
      this.set(Math.max(0, ...[...roundAges].map((age) => age())));
    },
  });
  return {
    roundAges,
    undeclaredReachable: new Gauge({
      name: 'portlock_undeclared_reachable_ports',
      registers,
      labelNames: ['namespace', 'kind', 'name'],
      help: 'Undeclared ports of a workload on which a connection was made',
    }),
    probeConnections: new Counter({
      name: 'portlock_probe_connections_total',
      registers,
      labelNames: ['outcome'],
      help: 'Connections attempted by the prober, by outcome',
    }),
  };
}
