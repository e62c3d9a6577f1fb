import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Calibration, CalibrationState } from '../domain/probing/calibration.ts';
import { loopMetrics } from './loop-metrics.ts';
import { workloadMetrics } from './workload-figures.ts';

type LoopMetrics = ReturnType<typeof loopMetrics>;
type PolicyMetrics = ReturnType<typeof policyMetrics>;
type ProbeMetrics = ReturnType<typeof probeMetrics>;
type ReadingMetrics = ReturnType<typeof readingMetrics>;
type WorkloadMetrics = ReturnType<typeof workloadMetrics>;

/** The operator's metrics, in a registry of their own. Never a pod or a port as a label. */
export interface Metrics
  extends LoopMetrics,
    PolicyMetrics,
    ProbeMetrics,
    ReadingMetrics,
    WorkloadMetrics {
  registry: Registry;
}

/** What is asked at each scrape; whoever knows it adds a function, and takes it away at the end. */
export type Asked<T> = Set<() => T>;

/** Registers every metric, so that each is there from the first scrape on. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    ...loopMetrics([registry]),
    ...policyMetrics([registry]),
    ...probeMetrics([registry]),
    ...readingMetrics([registry]),
    ...workloadMetrics([registry]),
  };
}

/** Of what is written, and of who writes over it. */
function policyMetrics(registers: Registry[]) {
  const policyWrites = new Counter({
    name: 'portlock_policy_writes_total',
    registers,
    labelNames: ['operation'],
    help: 'NetworkPolicies written, by operation (apply, delete)',
  });
  for (const operation of ['apply', 'delete']) policyWrites.inc({ operation }, 0);
  return {
    policyWrites,
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
  const followed: Asked<Iterable<{ resource: string; isBlind: boolean }>> = new Set();
  new Gauge({
    name: 'portlock_blind_reflectors',
    registers,
    labelNames: ['resource'],
    help: 'Lists and watches of a resource that fail, so that what is known of it grows old; by resource',
    collect() {
      this.reset();
      for (const each of followed)
        for (const { resource, isBlind } of each()) this.inc({ resource }, isBlind ? 1 : 0);
    },
  });
  return {
    followed,
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

const OUTCOMES = ['open', 'refused', 'filtered', 'unreachable', 'error'];
const CALIBRATION_STATES: readonly CalibrationState[] = [
  'Dropped',
  'Rejected',
  'NotEnforced',
  'Unknown',
];

/** Of what is seen from outside. */
function probeMetrics(registers: Registry[]) {
  const roundAges: Asked<number> = new Set();
  const sweepBacklogs: Asked<number> = new Set();
  const calibrations: Asked<readonly Pick<Calibration, 'state'>[]> = new Set();
  new Gauge({
    name: 'portlock_probe_round_age_seconds',
    registers,
    help: 'Age of the oldest round of probes, of the workloads with pods that this replica probes',
    collect() {
      this.set(Math.max(0, ...[...roundAges].map((age) => age())));
    },
  });
  new Gauge({
    name: 'portlock_sweep_backlog',
    registers,
    help: 'Sweeps of all ports that are due and wait for their turn',
    collect() {
      this.set([...sweepBacklogs].reduce((sum, waiting) => sum + waiting(), 0));
    },
  });
  new Gauge({
    name: 'portlock_calibrations',
    registers,
    labelNames: ['state'],
    help: 'Ways from this replica to nodes, by what a denied connection looks like (Dropped, Rejected, NotEnforced, Unknown)',
    collect() {
      for (const state of CALIBRATION_STATES) this.set({ state }, 0);
      for (const each of calibrations) for (const { state } of each()) this.inc({ state });
    },
  });
  const probeConnections = new Counter({
    name: 'portlock_probe_connections_total',
    registers,
    labelNames: ['outcome'],
    help: 'Connections attempted by the prober, by outcome',
  });
  for (const outcome of OUTCOMES) probeConnections.inc({ outcome }, 0);
  return {
    roundAges,
    sweepBacklogs,
    calibrations,
    probeConnections,
    enforcementDelay: new Histogram({
      name: 'portlock_enforcement_delay_seconds',
      registers,
      help: 'From the moment in which a new pod is ready until a round begins that sees all undeclared ports filtered; rounds come every 5 s at least until one does',
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    }),
  };
}
