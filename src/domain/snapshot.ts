import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import type { Prober } from './evaluate/expectation.ts';
import type { PluginPolicy } from './evaluate/plugins/plugin-policy.ts';
import type { TieredPolicy } from './evaluate/tiered-policy.ts';
import type { ClusterUsage } from './preflight/usage.ts';
import type { Calibration } from './probing/calibration.ts';
import type { Evidence } from './probing/evidence.ts';
import type { Timing } from './probing/timing.ts';
import type { ModeDefaults } from './workload/mode.ts';
import type { Namespace, Pod, Workload, WorkloadKind } from './workload/workload.ts';

/**
 * Whether a policy may open more on pods that others isolate already: `explicit` where the owner says
 * who may connect, or `never`.
 */
export type Widening = 'explicit' | 'never';

/**
 * What this replica does for the workload. The leader keeps the policy. One of the replicas probes the pods,
 * and another one makes rounds of them from its own node. Each writes its part of the report.
 */
export interface Role {
  policy: boolean;
  probe: boolean;
  secondProbe: boolean;
  /** Whether any replica is on another node than the one that probes. */
  hasSecond: boolean;
}

/** A pod that the workload's selector matches, whoever owns it. */
export interface SelectedPod extends Pod {
  /** `Kind/name` of the workload that it belongs to in the end; `Pod/name` where it belongs to none. */
  owner: string;
}

/** Why the policy could not be written. */
export interface PolicyFailure {
  /** An error's reason, CamelCase. */
  reason: string;
  message: string;
  /** Whether it will not pass by itself: a person has to act. */
  stalled: boolean;
}

/** All that one decision is made from. */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  now: number;
  timing: Timing;
  widening: Widening;
  /** What counts where neither the workload nor its namespace has the label. */
  modeDefaults: ModeDefaults;
  role: Role;
  key: { apiVersion: string; kind: WorkloadKind; namespace: string; name: string };
  namespace: Namespace;
  /** Undefined where there is none of that name. */
  workload: Workload | undefined;
  /** Live pods that the workload owns. */
  pods: readonly Pod[];
  /** All live pods that the workload's selector matches: the policy closes their ports too. */
  selected: readonly SelectedPod[];
  /** Other workloads of the namespace whose pods the selector would match, as `Kind/name`, sorted. */
  overlapping: readonly string[];
  /** The only namespaces that the operator may look at, sorted; undefined where that is the whole cluster. */
  watchedNamespaces: readonly string[] | undefined;
  /** Names of namespaces that allow-from lets in and that are not there, sorted. */
  absentNamespaces: readonly string[];
  /** What in the cluster may make somebody connect to the pods. */
  usage: ClusterUsage;
  /** By namespace, the keys of the undeclared ports that it alone referred to before, as this process saw it. */
  references: ReadonlyMap<string, ReadonlySet<string>>;
  /** All NetworkPolicies of the namespace. */
  policies: readonly NetworkPolicy[];
  /** All policies of the cluster that come before or after NetworkPolicies. */
  tieredPolicies: readonly TieredPolicy[];
  /** All policies of network plugins' own kinds. */
  pluginPolicies: readonly PluginPolicy[];
  report: PortExposureReport | undefined;
  /** Reports on the workload that are ours and have other names than its report has now. */
  formerReports: readonly PortExposureReport[];
  /** What this replica has seen from its node. */
  evidence: Evidence | undefined;
  /** What denied connections from the prober look like, at least one entry. */
  calibrations: readonly Calibration[];
  prober: Prober;
  /** Why the policy could not be written just now; undefined in all other snapshots. */
  policyFailure: PolicyFailure | undefined;
  /** Since when the first policy waits for the pods to be asked, in ms since the epoch; undefined while it does not. */
  waitingSince: number | undefined;
  /** The fight about the policy, while one goes on. */
  contest: Contest | undefined;
  /** The brake that this process engaged, while no report tells of it. */
  untoldBrake: Brake | undefined;
  /** The canonical policy that this process last saw in force as desired; tells an edit from a change of mind. */
  lastApplied: string | undefined;
}

/**
 * The brake: a policy that was first applied, or allows less than before, is taken back where pods cease to be ready right after. It
 * is kept in the report, so that another replica goes on where this one ended.
 */
export type Brake = NonNullable<NonNullable<PortExposureReport['status']>['brake']>;

/** Somebody changes the policy again and again, and it is put back each time. */
export interface Contest {
  /** When the first of these changes was put back, in ms since the epoch. */
  since: number;
  /** The field managers that edited it, sorted; none where it was only deleted. */
  by: readonly string[];
}
