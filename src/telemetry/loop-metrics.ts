import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { LEASE_NAME } from '../api/names.ts';

/** As controller-runtime calls what works on one queue: there is one. */
const CONTROLLER = 'workload';
const OF_CONTROLLER = { controller: CONTROLLER };
const OF_QUEUE = { name: CONTROLLER, controller: CONTROLLER };

/** As controller-runtime names how a reconcile ended. */
export const RESULTS = ['success', 'error', 'requeue', 'requeue_after'] as const;

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Of the loop, its queue and the API server, under the names and with the labels of controller-runtime and client-go. */
export function loopMetrics(registers: Registry[]) {
  return {
    ...reconcileMetrics(registers),
    ...queueMetrics(registers),
    requests: new Counter({
      name: 'rest_client_requests_total',
      registers,
      labelNames: ['code', 'method', 'host'],
      help: 'Requests to the API server by status code, method and host',
    }),
    leader: labelled(
      new Gauge({
        name: 'leader_election_master_status',
        registers,
        labelNames: ['name'],
        help: '1 while this replica leads',
      }),
      { name: LEASE_NAME },
    ),
  };
}

function reconcileMetrics(registers: Registry[]) {
  const labelNames = ['controller'] as const;
  const total = new Counter({
    name: 'controller_runtime_reconcile_total',
    registers,
    labelNames: ['controller', 'result'],
    help: 'Reconciles by result (success, error, requeue, requeue_after)',
  });
  const errors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    registers,
    labelNames,
    help: 'Reconciles that ended with an error',
  });
  const seconds = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    registers,
    labelNames,
    help: 'Length of a reconcile',
    buckets: SECONDS,
  });
  const most = new Gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    registers,
    labelNames,
    help: 'Reconciles that may be under way at a time',
  });
  const active = new Gauge({
    name: 'controller_runtime_active_workers',
    registers,
    labelNames,
    help: 'Reconciles that are under way',
  });
  for (const result of RESULTS) total.inc({ ...OF_CONTROLLER, result }, 0);
  errors.inc(OF_CONTROLLER, 0);
  seconds.zero(OF_CONTROLLER);
  return {
    /** Counts one that ended so. */
    reconciled(result: (typeof RESULTS)[number]): void {
      total.inc({ ...OF_CONTROLLER, result });
      if (result === 'error') errors.inc(OF_CONTROLLER);
    },
    reconcileSeconds: seconds.labels(OF_CONTROLLER),
    mostReconciles: labelled(most, OF_CONTROLLER),
    activeWorkers: labelled(active, OF_CONTROLLER),
  };
}

function queueMetrics(registers: Registry[]) {
  /** Since when each key is worked on, in ms of performance.now(). */
  const workingSince = new Map<string, number>();
  const ages = () => [...workingSince.values()].map((since) => (performance.now() - since) / 1000);
  queueGauge(registers, {
    name: 'workqueue_unfinished_work_seconds',
    help: 'Time that was spent so far on keys that are worked on',
    value: () => ages().reduce((sum, age) => sum + age, 0),
  });
  queueGauge(registers, {
    name: 'workqueue_longest_running_processor_seconds',
    help: 'Time that was spent so far on the key that is worked on for longest',
    value: () => Math.max(0, ...ages()),
  });
  const labelNames = ['name', 'controller'] as const;
  const counter = (name: string, help: string) => {
    const all = new Counter({ name, registers, labelNames, help });
    all.inc(OF_QUEUE, 0);
    return all.labels(OF_QUEUE);
  };
  const histogram = (name: string, help: string) => {
    const all = new Histogram({ name, registers, labelNames, help, buckets: SECONDS });
    all.zero(OF_QUEUE);
    return all.labels(OF_QUEUE);
  };
  const depth = new Gauge({
    name: 'workqueue_depth',
    registers,
    labelNames,
    help: 'Keys that wait to be reconciled',
  });
  return {
    workingSince,
    queueDepth: labelled(depth, OF_QUEUE),
    queueAdds: counter('workqueue_adds_total', 'Keys that were added to the queue'),
    queueSeconds: histogram('workqueue_queue_duration_seconds', 'How long a key waits'),
    workSeconds: histogram('workqueue_work_duration_seconds', 'How long a key is worked on'),
    queueRetries: counter('workqueue_retries_total', 'Keys that are tried again after an error'),
  };
}

/** A gauge that is asked for at each scrape. */
function queueGauge(
  registers: Registry[],
  { name, help, value }: { name: string; help: string; value: () => number },
): void {
  new Gauge({
    name,
    registers,
    labelNames: ['name', 'controller'],
    help,
    collect() {
      this.set(OF_QUEUE, value());
    },
  });
}

/** The one series of a gauge, which is there from the start. */
function labelled<T extends string>(gauge: Gauge<T>, labels: Record<T, string>): Gauge.Internal<T> {
  gauge.set(labels, 0);
  return gauge.labels(labels);
}
