import { describe, expect, test } from 'vitest';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { snapshot, workload } from '../../testing/builders.ts';
import {
  conditionInBrief,
  conditionSaid,
  reportWithCondition,
} from '../../testing/condition-builders.ts';
import { finding, PORTS, settings } from '../../testing/intent-builders.ts';
import { PROBING, type Told } from '../../testing/report-builders.ts';
import type { Intent } from '../policy/intent.ts';
import { buildPolicy } from '../policy/policy.ts';
import type { PreflightFinding } from '../preflight/preflight.ts';
import { parseAllowFrom, UNSAID } from '../workload/allow-from.ts';

function applied(ports: number): Pick<Told, 'intent' | 'declared'> {
  const declared = Array.from({ length: ports }, (_, index) => ({ ...PORTS[0], port: index + 1 }));
  return {
    declared,
    intent: { kind: 'apply', policy: buildPolicy(workload(), declared, UNSAID, 'portlock-system') },
  };
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

function found(...findings: PreflightFinding[]): Pick<Told, 'found'> {
  return {
    found: { findings, unused: [], referred: [], references: new Map(), notes: [], unread: [] },
  };
}

describe('whether this generation is handled', () => {
  const pending = (carried?: PortExposureReport) => ({
    isPending: true,
    snapshot: snapshot({ report: carried }),
  });
  const late = reportWithCondition('PolicyInSync', 'False', 'Conflict');
  const inSync = reportWithCondition('PolicyInSync', 'True', 'Applied');

  test.each<[string, string, string, string, Partial<Told>, PortExposureReport?]>([
    ['all is done', 'True Handled', 'False Handled', 'not there', {}],
    ['it is held', 'True Handled', 'False Handled', 'not there', { intent: HELD }],
    ['bad input', 'False InvalidMode', 'False Handled', 'True InvalidMode', { intent: STALLED }],
    ['the brake', 'False AutoBrake', 'False Handled', 'True AutoBrake', { intent: BRAKED }],
    ['a late write', 'False Conflict', 'True Conflict', 'not there', { intent: FAILED }],
    [
      'a write that is refused',
      'False Conflict',
      'False Handled',
      'True Conflict',
      { intent: { ...FAILED, stalled: true } },
    ],
    ['probing', 'Unknown Probing', 'True Probing', 'not there', { probe: PROBING }],
    [
      'probing again',
      'True Handled',
      'False Handled',
      'not there',
      { probe: PROBING },
      reportWithCondition('Ready', 'True', 'Handled'),
    ],
    [
      'probing after trouble',
      'Unknown Probing',
      'True Probing',
      'not there',
      { probe: PROBING },
      reportWithCondition('Ready', 'False', 'Conflict'),
    ],
    ['the leader to come', 'Unknown PolicyPending', 'True PolicyPending', 'not there', pending()],
    [
      'the leader to come, in sync',
      'Unknown PolicyPending',
      'True PolicyPending',
      'not there',
      pending(inSync),
    ],
    ['the leader in trouble', 'False Conflict', 'True Conflict', 'not there', pending(late)],
  ])('%s', (_what, ready, reconciling, stalled, fields, carried) => {
    expect(conditionInBrief('Ready', fields, carried)).toBe(ready);
    expect(conditionInBrief('Reconciling', fields, carried)).toBe(reconciling);
    expect(conditionInBrief('Stalled', fields, carried)).toBe(stalled);
  });

  test('a message says how', () => {
    expect(conditionSaid('Ready').message).toBe('The policy is decided; the pods were probed');
    const permission = { pods: [], unverifiable: '', reason: 'NoPods', leftOut: '' } as const;
    expect(conditionSaid('Ready', { permission }).message).toContain(
      '; there was nothing to probe',
    );
    expect(conditionSaid('Ready', { probe: PROBING }).message).toBe('The pods are being probed');
    expect(conditionSaid('Ready', { intent: STALLED }).message).toBe('typo');
    expect(conditionSaid('Ready', { intent: FAILED }).message).toBe('late');
    expect(conditionSaid('Ready', pending(late)).message).toBe('was Conflict');
    expect(conditionSaid('Ready', pending()).message).toBe(
      'The leader is about to write the policy',
    );
    expect(conditionSaid('Reconciling', pending(late)).message).toContain('The leader is about to');
    expect(conditionSaid('Reconciling', { intent: FAILED }).message).toContain('is tried again');
    expect(conditionSaid('Reconciling').message).toBe('Nothing is under way');
    expect(conditionSaid('Stalled', { intent: STALLED }).message).toBe('typo');
  });
});

describe('whether the policy is in sync', () => {
  test.each<[string, string, Partial<Told>]>([
    ['True Applied', 'The policy is in force as decided', {}],
    ['True Applied', 'The policy is in force as decided', applied(24)],
    [
      'True Applied',
      'as decided; it has 25 ports, and the network policy agent of EKS takes 24 of a selector',
      applied(25),
    ],
    [
      'True Applied',
      'as decided; it goes on allowing 2/TCP, 3/TCP, as pre-flight found users of that',
      { ...applied(3), declared: applied(1).declared },
    ],
    [
      'True Applied',
      'it goes on allowing 1/TCP from more than allow-from says, as pre-flight',
      { ...applied(1), settings: settings({ allowFrom: parseAllowFrom('same-namespace') }) },
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
    expect(conditionInBrief('PolicyInSync', fields)).toBe(expected);
    expect(conditionSaid('PolicyInSync', fields).message).toContain(message);
    if (message.startsWith('The policy'))
      expect(conditionSaid('PolicyInSync', fields).message).toBe(message);
  });
});

describe('whether pre-flight passed where some namespaces alone are watched', () => {
  const watched = snapshot({ watchedNamespaces: ['pay', 'shop'] });

  test.each([
    ['Unknown NotAllSeen', []],
    ['False UndeclaredPortsInUse', [finding()]],
  ])('%s', (expected, findings) => {
    const told = { snapshot: watched, ...found(...findings) };
    expect(conditionInBrief('PreflightPassed', told)).toBe(expected);
    expect(conditionSaid('PreflightPassed', told).message).toContain(
      'Only the namespaces pay, shop can be seen',
    );
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
    expect(conditionInBrief('PreflightPassed', found(...findings))).toBe(expected);
    expect(conditionSaid('PreflightPassed', found(...findings)).message).toContain(message);
  });

  test('only what holds, or is accepted, is named', () => {
    const other = finding({ port: 1, holds: false });
    const { message } = conditionSaid('PreflightPassed', found(finding(), other));
    expect(message).not.toContain('1/TCP');
    expect(conditionSaid('PreflightPassed', found(accepted, other)).message).not.toMatch(
      /\b1\/TCP/,
    );
  });
});
