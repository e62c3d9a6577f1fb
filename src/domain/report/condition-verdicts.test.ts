import { describe, expect, test } from 'vitest';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { calibration, NOW, pod, snapshot, workload } from '../../testing/builders.ts';
import { finding, PORTS, settings } from '../../testing/intent-builders.ts';
import type { PolicyEffect } from '../evaluate/effect.ts';
import type { Intent } from '../policy/intent.ts';
import { buildPolicy } from '../policy/policy.ts';
import type { PreflightFinding } from '../preflight/preflight.ts';
import { emptyEvidence } from '../probing/evidence.ts';
import { NOTHING_TO_PROBE } from '../probing/probe-plan.ts';
import { timestamp } from '../text/time.ts';
import { type ReportInput, verdicts } from './condition-verdicts.ts';
import type { ConditionType } from './conditions.ts';
import type { PortRow } from './port-rows.ts';
import type { ConditionVerdict } from './verdict.ts';

const EVIDENCE = emptyEvidence('now', 0, { settled: new Map(), seen: [] });
const PROBING = { ...NOTHING_TO_PROBE, conclusive: false };

function row(fields: Partial<PortRow> = {}): PortRow {
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

function drifting(port: number, fields: Partial<PortRow> = {}): PortRow {
  return row({ port, declared: false, finding: 'UndeclaredReachable', message: 'Why.', ...fields });
}

function applied(ports: number): Intent {
  const declared = Array.from({ length: ports }, (_, index) => ({ ...PORTS[0], port: index + 1 }));
  return { kind: 'apply', policy: buildPolicy(workload(), declared, 'any', 'portlock-system') };
}

const HELD: Intent = { kind: 'hold', reason: 'WouldWiden', message: 'isolated', stalled: false };
const STALLED: Intent = { kind: 'hold', reason: 'InvalidMode', message: 'typo', stalled: true };
const FAILED: Intent = { kind: 'failed', reason: 'Conflict', message: 'late', stalled: false };
const AUDIT: Intent = {
  kind: 'remove',
  reason: 'AuditMode',
  message: 'audit',
  proposed: undefined,
  stalled: false,
};
const BRAKED: Intent = { ...AUDIT, reason: 'AutoBrake', stalled: true };

function found(...findings: PreflightFinding[]): Pick<ReportInput, 'found'> {
  return { found: { findings, unused: [], referred: [], references: new Map() } };
}

function said(
  type: ConditionType,
  fields: Partial<ReportInput> = {},
  carried?: PortExposureReport,
): ConditionVerdict {
  const input: ReportInput = {
    snapshot: snapshot({ evidence: EVIDENCE }),
    workload: workload(),
    settings: settings(),
    intent: applied(1),
    rows: [row()],
    effects: [],
    evidence: EVIDENCE,
    probe: NOTHING_TO_PROBE,
    permission: { pods: [pod()], unverifiable: undefined, reason: undefined, leftOut: '' },
    doubt: undefined,
    second: undefined,
    calibration: calibration('Dropped'),
    managed: true,
    isPending: false,
    otherOwners: [],
    brake: undefined,
    ...found(),
    ...fields,
  };
  return verdicts(input, carried)[type];
}

const brief = (...parts: Parameters<typeof said>) => {
  const { status, reason } = said(...parts);
  return `${status} ${reason}`;
};

function report(type: ConditionType, status: 'True' | 'False' | 'Unknown', reason: string) {
  const lastTransitionTime = timestamp(NOW);
  const conditions = [{ type, status, reason, message: `was ${reason}`, lastTransitionTime }];
  const metadata = { name: 'web', namespace: 'shop' };
  return { metadata, status: { conditions } } as unknown as PortExposureReport;
}

describe('whether this generation is handled', () => {
  const pending = (carried?: PortExposureReport) => ({
    isPending: true,
    snapshot: snapshot({ report: carried }),
  });
  const late = report('PolicyInSync', 'False', 'Conflict');
  const inSync = report('PolicyInSync', 'True', 'Applied');

  test.each<[string, string, string, string, Partial<ReportInput>, PortExposureReport?]>([
    ['all is done', 'True Handled', 'False Handled', 'False NotStalled', {}],
    ['it is held', 'True Handled', 'False Handled', 'False NotStalled', { intent: HELD }],
    ['bad input', 'False InvalidMode', 'False Handled', 'True InvalidMode', { intent: STALLED }],
    ['the brake', 'False AutoBrake', 'False Handled', 'True AutoBrake', { intent: BRAKED }],
    ['a late write', 'False Conflict', 'True Conflict', 'False NotStalled', { intent: FAILED }],
    [
      'a write that is refused',
      'False Conflict',
      'False Handled',
      'True Conflict',
      { intent: { ...FAILED, stalled: true } },
    ],
    ['probing', 'Unknown Probing', 'True Probing', 'False NotStalled', { probe: PROBING }],
    [
      'probing again',
      'True Handled',
      'False Handled',
      'False NotStalled',
      { probe: PROBING },
      report('Ready', 'True', 'Handled'),
    ],
    [
      'probing after trouble',
      'Unknown Probing',
      'True Probing',
      'False NotStalled',
      { probe: PROBING },
      report('Ready', 'False', 'Conflict'),
    ],
    [
      'the leader to come',
      'Unknown PolicyPending',
      'True PolicyPending',
      'False NotStalled',
      pending(),
    ],
    [
      'the leader to come, in sync',
      'Unknown PolicyPending',
      'True PolicyPending',
      'False NotStalled',
      pending(inSync),
    ],
    ['the leader in trouble', 'False Conflict', 'True Conflict', 'False NotStalled', pending(late)],
  ])('%s', (_what, ready, reconciling, stalled, fields, carried) => {
    expect(brief('Ready', fields, carried)).toBe(ready);
    expect(brief('Reconciling', fields, carried)).toBe(reconciling);
    expect(brief('Stalled', fields, carried)).toBe(stalled);
  });

  test('a message says how', () => {
    expect(said('Ready').message).toBe('The policy is decided; the pods were probed');
    const permission = { pods: [], unverifiable: '', reason: 'NoPods', leftOut: '' } as const;
    expect(said('Ready', { permission }).message).toContain('; there was nothing to probe');
    expect(said('Ready', { probe: PROBING }).message).toBe('The pods are being probed');
    expect(said('Ready', { intent: STALLED }).message).toBe('typo');
    expect(said('Ready', { intent: FAILED }).message).toBe('late');
    expect(said('Ready', pending(late)).message).toBe('was Conflict');
    expect(said('Ready', pending()).message).toBe('The leader is about to write the policy');
    expect(said('Reconciling', pending(late)).message).toContain('The leader is about to');
    expect(said('Reconciling', { intent: FAILED }).message).toContain('is tried again');
    expect(said('Reconciling').message).toBe('Nothing is under way');
    expect(said('Stalled').message).toBe('Nobody has to act');
    expect(said('Stalled', { intent: STALLED }).message).toBe('typo');
  });
});

describe('whether the policy is in sync', () => {
  test.each<[string, string, Partial<ReportInput>]>([
    ['True Applied', 'The policy is in force as decided', {}],
    ['True Applied', 'The policy is in force as decided', { intent: applied(24) }],
    [
      'True Applied',
      'as decided; it has 25 ports, and the network policy agent of EKS takes 24 of a selector',
      { intent: applied(25) },
    ],
    [
      'True Applied',
      'as decided; its selector also matches pods of Job/a',
      { otherOwners: ['Job/a'] },
    ],
    ['True AuditMode', 'audit', { intent: AUDIT }],
    ['False AutoBrake', 'audit', { intent: BRAKED }],
    ['False WouldWiden', 'isolated', { intent: HELD }],
    ['False AuditMode', 'x', { intent: { ...HELD, reason: 'AuditMode', message: 'x' } }],
    ['False Conflict', 'late', { intent: FAILED }],
    [
      'False Contested',
      'web-portlock is changed again and again',
      { snapshot: snapshot({ contest: { since: 0, by: [] } }) },
    ],
  ])('%s: %s', (expected, message, fields) => {
    expect(brief('PolicyInSync', fields)).toBe(expected);
    expect(said('PolicyInSync', fields).message).toContain(message);
    if (message.startsWith('The policy'))
      expect(said('PolicyInSync', fields).message).toBe(message);
  });
});

describe('whether pre-flight passed', () => {
  const outside = { outside: ['other'], holds: false };
  const accepted = finding({ accepted: true, holds: false });

  test.each<[string, PreflightFinding[], string]>([
    ['True NothingCut', [], 'Nothing in the cluster is known to use'],
    ['False UndeclaredPortsInUse', [finding(), accepted], '9090/TCP is used by'],
    ['True CutsAccepted', [accepted, finding(outside)], '9090/TCP is used by'],
    ['True OutsideReferences', [finding(outside)], '9090/TCP is used by'],
    ['True UnknownPortNames', [finding({ port: 'http', holds: false })], 'http/TCP is used by'],
    ['True UnknownPortNames', [finding({ ...outside, port: 'http' })], 'http/TCP is used by'],
    ['True UnknownPortNames', [finding({ holds: false })], '9090/TCP is used by'],
  ])('%s: %j', (expected, findings, message) => {
    expect(brief('PreflightPassed', found(...findings))).toBe(expected);
    expect(said('PreflightPassed', found(...findings)).message).toContain(message);
  });

  test('only what holds, or is accepted, is named', () => {
    const other = finding({ port: 1, holds: false });
    const { message } = said('PreflightPassed', found(finding(), other));
    expect(message).not.toContain('1/TCP');
    expect(said('PreflightPassed', found(accepted, other)).message).not.toMatch(/\b1\/TCP/);
  });
});

const DOUBT = { reason: 'NoPods', message: 'no pod', isAboutPorts: false } as const;
const WIDENS: PolicyEffect = {
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  name: 'open',
  effect: 'Widens',
  message: 'x',
};

describe('whether the policy is enforced', () => {
  const elsewhere = (state: 'NotEnforced' | 'Dropped') =>
    ({ fromNode: 'node-9', calibration: { state, message: 'far' } }) as never;
  const onHost = ['c', 'a'].map((name) => pod({ name, hostNetwork: true }));

  test.each<[string, string, Partial<ReportInput>]>([
    ['True Enforced', 'Declared ports answer', {}],
    ['False WouldWiden', 'isolated', { managed: false, intent: HELD }],
    ['False NoPolicy', 'There is no policy', { managed: false }],
    ['Unknown Conflict', 'could not be written', { managed: false, intent: FAILED }],
    ['True Enforced', 'Declared ports answer', { intent: HELD }],
    ['Unknown NoPods', 'no pod', { doubt: DOUBT }],
    ['Unknown Widened', 'NetworkPolicy open may open', { effects: [WIDENS] }],
    ['True Enforced', 'Declared', { effects: [{ ...WIDENS, effect: 'Restricts' }] }],
    ['False NotEnforced', 'From node node-9: far', { second: elsewhere('NotEnforced') }],
    ['True Enforced', 'Declared', { second: elsewhere('Dropped') }],
    [
      'Unknown NotCalibrated',
      'seen as Unknown',
      { second: elsewhere('NotEnforced'), calibration: calibration('Unknown') },
    ],
    ['Unknown HostNetwork', 'which a, c use', { snapshot: snapshot({ pods: onHost }) }],
    [
      'True Enforced',
      'Declared',
      { snapshot: snapshot({ pods: [pod({ hostNetwork: true, live: false })] }) },
    ],
    [
      'Unknown NotCalibrated',
      'seen',
      { snapshot: snapshot({ pods: onHost }), calibration: calibration('Unknown') },
    ],
  ])('%s: %s', (expected, message, fields) => {
    expect(brief('EnforcementVerified', fields)).toBe(expected);
    expect(said('EnforcementVerified', fields).message).toContain(message);
  });
});

describe('whether anything differs from the declaration', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => drifting(i + 1));

  test.each<[string, string, Partial<ReportInput>]>([
    ['False NoDrift', 'Every port that was asked is as declared', {}],
    [
      'True UndeclaredReachable',
      '9/TCP, 10/TCP differ from the declaration. Why.',
      { rows: many(10) },
    ],
    ['True UndeclaredReachable', '10/TCP and 2 more differ', { rows: many(12), doubt: DOUBT }],
    ['False NoDrift', 'Every', { rows: [drifting(1, { isCurrent: false })] }],
    ['Unknown NoPods', 'no pod', { doubt: DOUBT }],
    [
      'Unknown ProbeIncomplete',
      'No connection to 8080/TCP could be tried',
      { rows: [row({ observed: 'Unknown' })] },
    ],
    ['False NoDrift', 'Every', { rows: [row({ observed: 'Unknown', finding: 'Unverifiable' })] }],
    ['False NoDrift', 'Every', { rows: [row({ observed: 'Unknown', declared: false })] }],
    [
      'Unknown ProbeIncomplete',
      'Of 4 undeclared ports',
      { evidence: { ...EVIDENCE, untold: { ports: 4, streak: 1 } } },
    ],
  ])('%s: %s', (expected, message, fields) => {
    expect(brief('DriftDetected', fields)).toBe(expected);
    expect(said('DriftDetected', fields).message).toContain(message);
  });

  test('ten ports of which nothing is known are named', () => {
    const rows = Array.from({ length: 12 }, (_, i) => row({ port: i + 1, observed: 'Unknown' }));
    expect(said('DriftDetected', { rows }).message).toContain('9/TCP, 10/TCP could be tried');
  });

  test.each<ConditionType>(['DriftDetected', 'EnforcementVerified'])(
    '%s says that the sweep is still to come',
    (type) => {
      const note = '; the sweep of all other ports is still to come';
      const probe = { ...NOTHING_TO_PROBE, unswept: 1 };
      expect(said(type, { probe }).message.endsWith(note)).toBe(true);
      expect(said(type).message).not.toContain(note);
    },
  );
});

describe('while the pods are probed again', () => {
  const restarted = { snapshot: snapshot({ evidence: undefined }) };

  test.each<[ConditionType, 'True' | 'False' | 'Unknown', string, Partial<ReportInput>]>([
    ['DriftDetected', 'False', 'False Before', {}],
    ['DriftDetected', 'Unknown', 'Unknown Before', {}],
    ['DriftDetected', 'True', 'Unknown Probing', {}],
    ['DriftDetected', 'True', 'True Before', restarted],
    ['DriftDetected', 'False', 'True UndeclaredReachable', { rows: [drifting(1)] }],
    ['DriftDetected', 'False', 'False Before', { effects: [WIDENS] }],
    ['EnforcementVerified', 'True', 'True Before', {}],
    ['EnforcementVerified', 'Unknown', 'Unknown Before', { effects: [WIDENS] }],
    ['EnforcementVerified', 'False', 'Unknown Probing', {}],
    ['EnforcementVerified', 'False', 'False Before', restarted],
    ['EnforcementVerified', 'True', 'False NoPolicy', { managed: false }],
    ['EnforcementVerified', 'True', 'Unknown Probing', { effects: [WIDENS] }],
  ])('%s, %s before, is %s', (type, status, expected, fields) => {
    const before = report(type, status, 'Before');
    expect(brief(type, { probe: PROBING, ...fields }, before)).toBe(expected);
    expect(brief(type, { probe: PROBING, ...fields })).not.toContain('Before');
    expect(brief(type, fields, before)).not.toContain('Before');
  });

  test('what stood before stands with its words, and else it is said what goes on', () => {
    const before = report('DriftDetected', 'False', 'Before');
    expect(said('DriftDetected', { probe: PROBING }, before).message).toBe('was Before');
    expect(said('DriftDetected', { probe: PROBING }).message).toBe('The pods are being probed');
    const enforced = report('EnforcementVerified', 'True', 'Before');
    const widened = { probe: PROBING, effects: [WIDENS] };
    expect(said('EnforcementVerified', widened, enforced).message).toBe(
      'NetworkPolicy open may open undeclared ports; the pods are being probed',
    );
  });
});
