import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import type { Former } from './policy/former-names.ts';
import type { PolicyStep } from './policy/policy-step.ts';
import type { Preflight } from './preflight/preflight.ts';
import type { Evidence } from './probing/evidence.ts';
import type { ProbePlan } from './probing/probe-plan.ts';
import type { EventNote } from './report/events.ts';

/** What to do about the report. `ensure` writes only where the live one says something else. */
export type ReportStep =
  | { do: 'ensure'; report: PortExposureReport; live: PortExposureReport | undefined }
  | { do: 'delete'; live: PortExposureReport }
  | { do: 'nothing' };

/** What follows from a snapshot; plain data that can be acted on, printed or explained. */
export interface Plan {
  policy: PolicyStep;
  report: ReportStep;
  /** What is deleted once the step about the policy is done. */
  former: Former;
  events: readonly EventNote[];
  /** The policy that is to be in force once the step is done; undefined where there is none, or nobody knows which. */
  desired: NetworkPolicy | undefined;
  /** Who uses which undeclared port, and which declared ones nobody uses. */
  found: Preflight;
  probe: ProbePlan;
  /** Whether a first policy waits for the sweeps. */
  areSweepsAwaited: boolean;
  /** The uids of the pods to which connections may be made. */
  probeable: ReadonlySet<string>;
  /** What probing has shown, brought up to date with the policies; undefined once the workload is out. */
  evidence: Evidence | undefined;
  /** Since when the first policy waits for the pods to be asked, in ms since the epoch; undefined where it does not. */
  waitingSince: number | undefined;
  /** When what is decided changes by itself, in ms since the epoch; undefined where it does not. */
  changesAt: number | undefined;
  /** Numbers of the declared TCP ports. */
  declared: ReadonlySet<number>;
}
