import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { type ConditionType, conditionOf } from './conditions.ts';
import { enforcementVerdict } from './enforcement.ts';
import type { Evidence } from './evidence.ts';
import type { PortRow } from './findings.ts';
import type { Intent } from './intent.ts';
import type { PolicyEffect } from './policy-effects.ts';
import type { ProbePermission } from './probe-permission.ts';
import type { ProbePlan } from './probe-plan.ts';
import type { Settings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { no, unknown, type Verdict, yes } from './verdict.ts';
import type { Workload } from './workload.ts';

/** What a report is made from. */
export interface ReportInput {
  snapshot: Snapshot;
  workload: Workload;
  settings: Settings;
  intent: Intent;
  rows: readonly PortRow[];
  effects: readonly PolicyEffect[];
  evidence: Evidence;
  probe: ProbePlan;
  permission: ProbePermission;
  /** Whether a policy of ours is in force, as decided or as it was left. */
  managed: boolean;
}

/**
 * What every condition says. `carried` is the report on the same generation and mode, where there is
 * one: while its probes are made again, what they showed before still stands.
 */
export function verdicts(
  input: ReportInput,
  carried: PortExposureReport | undefined,
): Readonly<Record<ConditionType, Verdict>> {
  const { intent, probe, permission } = input;
  const stalled = intent.kind === 'hold' && intent.stalled;
  const probing = !probe.complete;
  const enforcement = pendingOr(input, carried, 'EnforcementVerified', enforcementCondition);
  const drift = pendingOr(input, carried, 'DriftDetected', driftCondition);
  const wasReady = conditionOf(carried, 'Ready')?.status === 'True';
  const handled = yes(
    'Handled',
    permission.reason
      ? 'The policy is decided; there was nothing to probe'
      : 'The policy is decided and the pods were probed',
  );
  const underWay = 'The pods are being probed';
  return {
    Ready: stalled
      ? no(intent.reason, intent.message)
      : !probing || wasReady
        ? handled
        : unknown('Probing', underWay),
    Reconciling:
      probing && !wasReady && !stalled
        ? yes('Probing', underWay)
        : no('Handled', 'Nothing is under way'),
    Stalled: stalled ? yes(intent.reason, intent.message) : no('NotStalled', 'Nobody has to act'),
    PolicyInSync: policyInSync(intent),
    PreflightPassed: unknown(
      'NotChecked',
      'This version does not look for users of undeclared ports before it enforces',
    ),
    EnforcementVerified: enforcement,
    DriftDetected: drift,
  };
}

/** A verdict from the evidence of now; what was known before while that is not complete, except that bad news is told. */
function pendingOr(
  input: ReportInput,
  carried: PortExposureReport | undefined,
  type: ConditionType,
  verdict: (input: ReportInput) => Verdict,
): Verdict {
  const now = verdict(input);
  const bad = type === 'DriftDetected' ? 'True' : 'False';
  if (input.probe.complete || now.status === bad) return now;
  const before = conditionOf(carried, type);
  if (before) return { status: before.status, reason: before.reason, message: before.message };
  return unknown('Probing', 'The pods are being probed');
}

function policyInSync(intent: Intent): Verdict {
  if (intent.kind === 'apply') return yes('Applied', 'The policy is in force as decided');
  if (intent.kind === 'remove' && intent.proposed !== undefined)
    return yes(intent.reason, intent.message);
  return no(intent.reason, intent.message);
}

function enforcementCondition(input: ReportInput): Verdict {
  const { intent, permission, rows, evidence, snapshot, managed } = input;
  if (!managed) {
    const { reason, message } =
      intent.kind === 'apply' ? { reason: 'NoPolicy', message: 'There is no policy' } : intent;
    return no(reason, message);
  }
  if (permission.reason) {
    return unknown(permission.reason, permission.unverifiable ?? 'No pod is ready to be probed');
  }
  return enforcementVerdict(rows, evidence, snapshot.calibration, snapshot.timing.settle);
}

function driftCondition({ rows, permission }: ReportInput): Verdict {
  const drift = rows.filter(
    (row) => row.finding === 'UndeclaredReachable' || row.finding === 'DeclaredUnreachable',
  );
  const [first] = drift;
  if (first) {
    const ports = drift
      .slice(0, 10)
      .map((row) => `${row.port}/${row.protocol}`)
      .join(', ');
    const more = drift.length > 10 ? ` and ${drift.length - 10} more` : '';
    return yes(
      first.finding ?? 'Drift',
      `${ports}${more} differ from the declaration. ${first.message}`,
    );
  }
  if (permission.reason)
    return unknown(permission.reason, permission.unverifiable ?? 'No pod is ready to be probed');
  return no('NoDrift', 'Every port that can be told about is as declared');
}
