import type { Prober as ProberIdentity } from '../domain/evaluate/expectation.ts';
import type { Calibration } from '../domain/probing/calibration.ts';
import type { Timing } from '../domain/probing/timing.ts';
import type { EventNote } from '../domain/report/events.ts';
import type { Brake, Role, Snapshot, Widening } from '../domain/snapshot.ts';
import type { KubeClient } from '../kube/client.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Caches } from './caches.ts';
import type { ProbeRunner } from './probe-runner.ts';
import type { RevertMemory } from './revert-memory.ts';
import type { WorkloadKey } from './workload-key.ts';

/** As what a replica connects to the pods of a workload; never as both. */
export type Vantage = keyof Role & ('probe' | 'secondProbe');

export const VANTAGES: readonly Vantage[] = ['probe', 'secondProbe'];

/** As what this replica connects to the pods, if it does. */
export function vantageOf(role: Role): Vantage | undefined {
  return VANTAGES.find((vantage) => role[vantage]);
}

/** Everything that a reconcile works with; passed in, never global. */
export interface Context {
  client: KubeClient;
  caches: Caches;
  events: EventRecorder;
  log: Log;
  metrics: Metrics;
  timing: Timing;
  widening: Widening;
  /** The only namespaces that are watched, sorted; undefined where the whole cluster is. */
  watchedNamespaces: readonly string[] | undefined;
  /** What this replica does for a workload. */
  roleOf: (key: WorkloadKey) => Role;
  /** Milliseconds since the epoch. */
  now: () => number;
  prober: () => ProberIdentity;
  /** The share of the pods that a round may ask. */
  podShare: () => number;
  /** What denied connections from here look like, at least one entry. */
  calibrations: () => readonly Calibration[];
  /** What this replica probes, and what it only makes rounds of from its node: each begins on its own. */
  probes: Readonly<Record<Vantage, ProbeRunner>>;
  reports: ReportService;
  /** By workload and namespace, the undeclared ports that only that namespace referred to so far. */
  references: Map<WorkloadKey, Snapshot['references']>;
  /** By workload, since when its first policy waits for the pods to be asked, in ms since the epoch. */
  waits: Map<WorkloadKey, number>;
  /** How often policies were put back, and who had changed them. */
  reverts: RevertMemory;
  /** Brakes that this process set or engaged and no report tells of yet. */
  untoldBrakes: Map<WorkloadKey, Brake>;
  /** Events about writes that are done, which were put off. */
  untoldEvents: Map<WorkloadKey, readonly EventNote[]>;
  /** Whether policies of other workloads wait, or are likely to come, that go before what is left of this one. */
  mustYield: () => boolean;
  /** Says that a policy was written: those of others may follow at once. */
  wroteUrgent: () => void;
  /** The canonical policy that was last seen in force as desired, by workload. */
  lastApplied: Map<WorkloadKey, string>;
}

/** Whether reports can be kept, and what was told while they could not. */
export interface ReportService {
  /** False while the CRD is not installed: policies are kept all the same. */
  served: () => boolean;
  /** Whether an Event tells something new; without reports nothing else remembers. */
  isNews: (workloadUid: string, event: EventNote) => boolean;
}
