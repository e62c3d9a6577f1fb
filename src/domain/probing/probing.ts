import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import type { Pod } from '../workload/workload.ts';
import { type Calibration, calibrationFor } from './calibration.ts';
import { asOfNow, type Evidence, emptyEvidence, withPolicies } from './evidence.ts';
import { type ProbePlan, planProbe } from './probe-plan.ts';
import { reportedEvidence, withReportedPorts } from './reported-evidence.ts';
import { secondTiming, type Timing } from './timing.ts';

/** What probing has shown of a workload's pods, and what is to be asked next. */
export interface Probing {
  /** Brought up to date with the policies of now. */
  evidence: Evidence;
  /** The one that counts for these pods. */
  calibration: Calibration;
  probe: ProbePlan;
}

/** What was known before: the part of a snapshot that this is made from. */
interface ProbedBefore {
  /** In ms since the epoch. */
  now: number;
  timing: Timing;
  role: { secondProbe: boolean };
  prober: { node: string };
  /** The workload's own. */
  pods: readonly Pod[];
  report: PortExposureReport | undefined;
  /** What this replica has seen from its node. */
  evidence: Evidence | undefined;
  calibrations: readonly Calibration[];
}

/** What is to be known. */
interface ProbingTask {
  /** The pods that may be probed. */
  pods: readonly Pod[];
  /** The declared TCP ports. */
  declared: ReadonlySet<number>;
  /** Undeclared ports of which is to be known whether the pods listen there. */
  referred: readonly number[];
  policies: PoliciesInForce;
}

/** The policies over the pods, as far as they matter to probing. */
interface PoliciesInForce {
  fingerprint: string;
  /** When they may have changed last as far as they tell themselves, in ms since the epoch. */
  since: number;
  /** Whether nothing but declared ports should answer. */
  isClosing: boolean;
}

/** Holds what was read so far against the policies of now, and plans what to read next. */
export function probingNow(before: ProbedBefore, task: ProbingTask): Probing {
  const { now, prober, role, timing } = before;
  const { pods, declared, referred, policies } = task;
  const evidence = currentEvidence(before, policies, declared);
  const nodes = pods.map(({ node }) => node);
  const calibration = calibrationFor(before.calibrations, nodes);
  const probe = planProbe({
    now,
    pods,
    timing: role.secondProbe ? secondTiming(timing) : timing,
    proberNode: prober.node,
    declared,
    evidence,
    calibration,
    referred,
    enforced: policies.isClosing,
    sweeping: !role.secondProbe,
  });
  return { evidence, calibration, probe };
}

/**
 * Evidence under the policies of now; after a restart it begins with what the report says. The second probe
 * begins with nothing that was seen from elsewhere, and knows only which ports to ask.
 */
function currentEvidence(
  before: ProbedBefore,
  policies: PoliciesInForce,
  declared: ReadonlySet<number>,
): Evidence {
  const { evidence, pods, report, role, now } = before;
  const templates = new Set(pods.map(({ templateHash }) => templateHash));
  const current = evidence
    ? sameEvidence(evidence, policies, now)
    : firstEvidence(before, policies);
  const asked = role.secondProbe ? withReportedPorts(current, report) : current;
  return asOfNow(asked, templates, declared);
}

function sameEvidence(before: Evidence, { fingerprint }: PoliciesInForce, now: number): Evidence {
  const evidence = withPolicies(before, fingerprint, now);
  // The clock may have been put back.
  return { ...evidence, policiesSince: Math.min(evidence.policiesSince, now) };
}

function firstEvidence(
  { report, now, prober, role }: ProbedBefore,
  { fingerprint, since }: PoliciesInForce,
): Evidence {
  const reported = reportedEvidence(report, fingerprint, since, now, prober.node);
  const { policiesSince } = reported;
  return role.secondProbe
    ? emptyEvidence(fingerprint, policiesSince, { settled: new Map(), seen: [] })
    : reported;
}
