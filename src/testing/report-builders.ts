import type { PortExposureReport } from '../api/port-exposure-report.ts';
import type { Asked } from '../domain/policy/asked.ts';
import type { PolicyDecision } from '../domain/policy/decide-policy.ts';
import type { EffectivePolicies } from '../domain/policy/effective-policies.ts';
import { NOTHING_FORMER } from '../domain/policy/former-names.ts';
import type { OptedIn } from '../domain/policy/opted-in.ts';
import { buildPolicy } from '../domain/policy/policy.ts';
import { emptyEvidence } from '../domain/probing/evidence.ts';
import { NOTHING_TO_PROBE } from '../domain/probing/probe-plan.ts';
import type { Probing } from '../domain/probing/probing.ts';
import type { Status } from '../domain/report/conditions.ts';
import type { PortRow } from '../domain/report/port-rows.ts';
import { buildReport } from '../domain/report/report.ts';
import type { ReportInput } from '../domain/report/report-input.ts';
import { UNSAID } from '../domain/workload/allow-from.ts';
import { calibration, NOW, pod, snapshot, workload } from './builders.ts';
import { askedFor, optedIn, PORTS, settings } from './intent-builders.ts';

/** Tiny builders for tests of what is reported: one declared port that is open, and nothing that stands against it. */

export const EVIDENCE = emptyEvidence('now', NOW - 9000, { settled: new Map(), seen: [] });
export const PROBING = { ...NOTHING_TO_PROBE, conclusive: false };
export const OWN = buildPolicy(workload(), PORTS, UNSAID, 'portlock-system');
export const PERMITTED = {
  pods: [pod()],
  unverifiable: undefined,
  reason: undefined,
  leftOut: '',
};

/** The row of the declared port. */
export function row(fields: Partial<PortRow> = {}): PortRow {
  return {
    port: 8080,
    protocol: 'TCP',
    declared: true,
    containers: ['app'],
    expected: 'Allowed',
    observed: 'Open',
    pods: 1,
    isCurrent: true,
    ...fields,
  };
}

/** What may be other than usual, without the order in which it came about. */
export interface Told
  extends Pick<ReportInput, 'rows' | 'doubt' | 'second'>,
    Pick<OptedIn, 'snapshot' | 'workload' | 'settings'>,
    Pick<Asked, 'declared' | 'found' | 'permission' | 'otherOwners'>,
    Pick<PolicyDecision, 'intent' | 'isPending' | 'brake'>,
    Pick<EffectivePolicies, 'effects'>,
    Probing {
  /** Whether a policy of ours is in force. */
  managed: boolean;
}

/** What a report on the workload `web` is made from. */
export function reportInput(fields: Partial<Told> = {}): ReportInput {
  const { snapshot: taken = snapshot({ evidence: EVIDENCE }), rows = [row()] } = fields;
  const { evidence = EVIDENCE, probe = NOTHING_TO_PROBE, effects = [] } = fields;
  const { declared = PORTS, permission = PERMITTED, found, otherOwners = [] } = fields;
  const { isPending = false } = fields;
  const { intent = { kind: 'apply', policy: OWN }, managed = true, brake, doubt, second } = fields;
  return {
    subject: optedIn(
      {},
      {
        snapshot: taken,
        workload: fields.workload ?? workload(),
        settings: fields.settings ?? settings(),
      },
    ),
    asked: askedFor({ declared, permission, otherOwners, ...(found && { found }) }),
    decision: {
      intent,
      isPending,
      waitingSince: undefined,
      dueAt: undefined,
      brake,
      step: { do: 'nothing' },
      former: NOTHING_FORMER,
      desired: undefined,
    },
    inForce: {
      effects,
      managed: managed ? OWN : undefined,
      selecting: { networkPolicies: [], tieredPolicies: [], pluginPolicies: [] },
      isClosing: managed,
      fingerprint: 'now',
      since: 0,
    },
    probing: { evidence, probe, calibration: fields.calibration ?? calibration('Dropped') },
    rows,
    doubt,
    second,
  };
}

/** Evidence of a round that was made. */
export const READ = {
  ...EVIDENCE,
  lastRound: { endedAt: NOW - 1000, pods: 'pods', podCount: 2, portCount: 90 },
};

/** The row of a port that is reachable and not declared. */
export const DRIFT = row({
  port: 9090,
  declared: false,
  containers: [],
  finding: 'UndeclaredReachable',
  message: 'Why',
  firstSeen: NOW - 5000,
  lastSeen: NOW - 1000,
});

/** The report on the workload `web` of generation 4, after a round. */
export function built(fields: Partial<Told> = {}): PortExposureReport {
  return buildReport(
    reportInput({ workload: workload({ generation: 4 }), evidence: READ, ...fields }),
  );
}

/** What that report says. */
export function builtStatus(fields: Partial<Told> = {}): Status {
  return built(fields).status ?? {};
}

/** A report that is there, with this status. */
export function reportThere(was: Status, generation?: number): PortExposureReport {
  const report = built();
  const metadata = { ...report.metadata, ...(generation !== undefined && { generation }) };
  return { ...report, metadata, status: was };
}
