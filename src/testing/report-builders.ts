import { buildPolicy } from '../domain/policy/policy.ts';
import { emptyEvidence } from '../domain/probing/evidence.ts';
import { NOTHING_TO_PROBE } from '../domain/probing/probe-plan.ts';
import type { ReportInput } from '../domain/report/condition-verdicts.ts';
import type { PortRow } from '../domain/report/port-rows.ts';
import { calibration, NOW, pod, snapshot, workload } from './builders.ts';
import { PORTS, settings } from './intent-builders.ts';

/** Tiny builders for tests of what is reported: one declared port that is open, and nothing that stands against it. */

export const EVIDENCE = emptyEvidence('now', NOW - 9000, { settled: new Map(), seen: [] });
export const PROBING = { ...NOTHING_TO_PROBE, conclusive: false };
export const OWN = buildPolicy(workload(), PORTS, 'any', 'portlock-system');
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

/** What a report on the workload `web` is made from. */
export function reportInput(fields: Partial<ReportInput> = {}): ReportInput {
  return {
    snapshot: snapshot({ evidence: EVIDENCE }),
    workload: workload(),
    settings: settings(),
    intent: { kind: 'apply', policy: OWN },
    rows: [row()],
    effects: [],
    evidence: EVIDENCE,
    probe: NOTHING_TO_PROBE,
    permission: PERMITTED,
    doubt: undefined,
    second: undefined,
    calibration: calibration('Dropped'),
    managed: true,
    isPending: false,
    otherOwners: [],
    brake: undefined,
    found: { findings: [], unused: [], referred: [], references: new Map() },
    ...fields,
  };
}
