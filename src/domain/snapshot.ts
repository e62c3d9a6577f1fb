import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import type { Calibration } from './calibration.ts';
import type { Evidence } from './evidence.ts';
import type { ClusterUsage } from './preflight/usage.ts';
import type { Pod, Workload } from './workload.ts';

/** The pod that probes: where connections come from, and what policies may match it by. */
export interface Prober {
  namespace: string;
  namespaceLabels: Readonly<Record<string, string>>;
  pod: string;
  podUid: string;
  node: string;
  labels: Readonly<Record<string, string>>;
  ips: readonly string[];
}

/** Settings of the operator that decisions depend on, in milliseconds. */
export interface Timing {
  /** How old a pod or policy must be before bad news about it counts. */
  settle: number;
  /** How long a conclusive probe stays fresh. */
  interval: number;
}

/** All that one decision is made from. */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  now: number;
  timing: Timing;
  key: { apiVersion: string; kind: string; namespace: string; name: string };
  /** Undefined where there is none of that name that has opted in. */
  workload: Workload | undefined;
  /** Live pods that the workload owns. */
  pods: readonly Pod[];
  /** All live pods that the workload's selector matches, whoever owns them: the policy closes their ports too. */
  selected: readonly Pod[];
  /** What in the cluster may make somebody connect to the pods. */
  usage: ClusterUsage;
  /** All NetworkPolicies of the namespace. */
  policies: readonly NetworkPolicy[];
  report: PortExposureReport | undefined;
  evidence: Evidence | undefined;
  calibration: Calibration;
  prober: Prober;
  /** Why the policy could not be written just now; undefined in all other snapshots. */
  policyFailure: { reason: string; message: string } | undefined;
  /** The canonical policy that this process last saw in force as desired; tells an edit from a change of mind. */
  lastApplied: string | undefined;
}
