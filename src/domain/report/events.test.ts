import { describe, expect, test } from 'vitest';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { NOW, policy, snapshot, workload } from '../../testing/builders.ts';
import { buildPolicy } from '../policy/policy.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonicalJson } from '../text/canonical.ts';
import { timestamp } from '../text/time.ts';
import { UNSAID } from '../workload/allow-from.ts';
import type { Condition, ConditionType, Status } from './conditions.ts';
import { failureEvent, isRevert, policyEvents, reportEvents, tellsOfWrite } from './events.ts';

const portsTo = (last: number) =>
  Array.from({ length: last }, (_, index) => ({
    port: index + 1,
    protocol: 'TCP' as const,
    containers: [],
  }));
const OWN = buildPolicy(workload(), portsTo(2), UNSAID, 'portlock-system');
const LIVE = policy('web-portlock');

describe('a step about the policy is told', () => {
  const apply = (live: typeof LIVE | undefined, lastApplied?: string) =>
    policyEvents(snapshot({ lastApplied }), { do: 'apply', policy: OWN, live });

  test('as nothing, a deletion, or the ports that may be reached', () => {
    expect(policyEvents(snapshot(), { do: 'nothing' })).toEqual([]);
    expect(policyEvents(snapshot(), { do: 'delete', live: LIVE })).toEqual([
      {
        type: 'Normal',
        reason: 'PolicyDeleted',
        action: 'DeletePolicy',
        note: 'Deleted the NetworkPolicy web-portlock',
      },
    ]);
    const note = 'Applied the NetworkPolicy web-portlock: only 1/TCP, 2/TCP may be reached';
    const applied = { type: 'Normal', reason: 'PolicyApplied', action: 'ApplyPolicy', note };
    expect(apply(undefined)).toEqual([applied]);
    expect(apply(LIVE, canonicalJson(LIVE))).toEqual([applied]);
  });

  test.each<[string, typeof LIVE | undefined]>([
    ['edited', LIVE],
    ['deleted', undefined],
  ])('as put back where it is as it was last, and somebody %s it', (what, live) => {
    const note = `The NetworkPolicy web-portlock was ${what} by somebody else and was put back`;
    expect(apply(live, canonicalJson(OWN))).toEqual([
      { type: 'Warning', reason: 'PolicyReverted', action: 'ApplyPolicy', note },
    ]);
  });

  test.each<[number, string]>([
    [24, '24/TCP may be'],
    [26, '24/TCP and 2 more may be'],
  ])('with 24 ports at most: %i', (count, words) => {
    const many = buildPolicy(workload(), portsTo(count), UNSAID, 'portlock-system');
    const [event] = policyEvents(snapshot(), { do: 'apply', policy: many, live: undefined });
    expect(event?.note).toContain(words);
  });

  test('a policy without rules names no port, and a deletion reverts nothing', () => {
    const [event] = policyEvents(snapshot(), { do: 'apply', policy: LIVE, live: undefined });
    expect(event?.note).toBe('Applied the NetworkPolicy web-portlock: only  may be reached');
    const seen = snapshot({ lastApplied: canonicalJson(LIVE) });
    expect(isRevert(seen, { do: 'delete', live: LIVE })).toBe(false);
    expect(isRevert(seen, { do: 'apply', policy: LIVE, live: LIVE })).toBe(true);
  });
});

test.each([
  ['PolicyWriteFailed', 'Reconcile', false],
  ['ReportWriteFailed', 'WriteReport', false],
] as const)('a refused write is told: %s', (reason, action, isWrite) => {
  const event = failureEvent(reason, 'no\nright');
  expect(event).toEqual({ type: 'Warning', reason, action, note: 'no\\nright' });
  expect(tellsOfWrite(event)).toBe(isWrite);
  expect(tellsOfWrite({ ...event, action: 'ApplyPolicy' })).toBe(true);
  expect(tellsOfWrite({ ...event, action: 'DeletePolicy' })).toBe(true);
});

test.each<[string, number, string]>([
  ['1,000 bytes', 1000, 'x'.repeat(1000)],
  ['1,001 bytes', 1001, `${'x'.repeat(997)}…`],
])('a note has at most 1,000 bytes: %s', (_what, length, note) => {
  expect(failureEvent('PolicyWriteFailed', 'x'.repeat(length)).note).toBe(note);
});

test('a cut leaves whole characters', () => {
  const { note } = failureEvent('PolicyWriteFailed', 'ö'.repeat(600));
  expect(note).toBe(`${'ö'.repeat(498)}…`);
});

type Said = Partial<Record<ConditionType, [Condition['status'], string, string]>>;

function report(said: Said, summary?: Status['summary']): PortExposureReport {
  const conditions = Object.entries(said).map(([type, [status, reason, message]]) => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: timestamp(NOW),
  }));
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    status: { conditions, ...(summary && { summary }) } as Status,
  };
}

function told(before: PortExposureReport | undefined, next: Said, fields: Partial<Snapshot> = {}) {
  const seen = snapshot({ report: before, ...fields });
  return reportEvents(seen, report(next)).map(
    ({ type, reason, action, note }) => `${type} ${reason} ${action} ${note}`,
  );
}

const STALLED: Said = { Stalled: ['True', 'InvalidMode', 'typo'] };
const FINE: Said = { Stalled: ['False', 'NotStalled', 'typo'] };
const HELD: Said = { PolicyInSync: ['False', 'WouldWiden', 'isolated'] };
const WAITS: Said = {
  PolicyInSync: ['False', 'PreflightFailed', 'see PreflightPassed'],
  PreflightPassed: ['False', 'UndeclaredPortsInUse', 'in use'],
};
const DRIFT: Said = { DriftDetected: ['True', 'UndeclaredReachable', '9090'] };
const NO_DRIFT: Said = { DriftDetected: ['False', 'NoDrift', 'as declared'] };
const PROBING: Said = { DriftDetected: ['Unknown', 'Probing', 'wait'] };
const INVALID = ['Warning InvalidMode Reconcile typo'];
const DRIFTED = ['Warning DriftDetected Probe 9090'];
const RESOLVED = ['Normal DriftResolved Probe as declared'];

test('that an accepted cut has ended is told once, by who keeps the policy', () => {
  const ended = ['the cut of 9090/TCP was accepted until 2025-12-26', 'the cut of 1/TCP was'];
  const before = report({ PreflightPassed: ['True', 'AcceptedCutsEnded', `in use; ${ended[1]}`] });
  const seen = snapshot({ report: before });
  const [first, ...others] = reportEvents(seen, before, ended);
  expect(others).toEqual([]);
  expect(first).toEqual({
    type: 'Warning',
    reason: 'AcceptedCutEnded',
    action: 'Reconcile',
    note: 'The cut of 9090/TCP was accepted until 2025-12-26',
  });
  const role = { ...seen.role, policy: false };
  expect(reportEvents({ ...seen, role }, before, ended)).toEqual([]);
});

describe('that somebody has to act is told', () => {
  test.each<[string, string[], Said | undefined, Said]>([
    ['at first', INVALID, undefined, STALLED],
    ['when it begins', INVALID, FINE, STALLED],
    ['once', [], STALLED, STALLED],
    ['when it is about something else', INVALID, { Stalled: ['True', 'X', 'other'] }, STALLED],
    ['not when it ends', [], STALLED, FINE],
    [
      'that enforcement waits',
      ['Warning PreflightFailed Reconcile Enforcement waits: in use'],
      undefined,
      WAITS,
    ],
    ['that it would widen', ['Warning WouldWiden Reconcile isolated'], WAITS, HELD],
    ['that it waits, once', [], HELD, HELD],
    ['not that it is as decided', [], undefined, { PolicyInSync: ['True', 'Applied', 'x'] }],
  ])('%s', (_what, expected, before, next) => {
    expect(told(before && report(before), next)).toEqual(expected);
  });
});

describe('drift is told', () => {
  const rows = (undeclaredReachable: number, declaredUnreachable: number) => ({
    declared: 1,
    undeclaredReachable,
    declaredUnreachable,
    unverifiable: 0,
  });

  test.each<[string, string[], PortExposureReport | undefined, Said]>([
    ['at first', DRIFTED, undefined, DRIFT],
    ['when it begins', DRIFTED, report(NO_DRIFT), DRIFT],
    ['once', [], report(DRIFT), DRIFT],
    ['as resolved when it ends', RESOLVED, report(DRIFT), NO_DRIFT],
    ['as resolved once', [], report(NO_DRIFT), NO_DRIFT],
    ['as nothing while it is probed again', [], report(DRIFT), PROBING],
    ['once, though it was probed again', [], report(PROBING, rows(1, 0)), DRIFT],
    ['as resolved after that', RESOLVED, report(PROBING, rows(0, 1)), NO_DRIFT],
    ['when it begins after that', DRIFTED, report(PROBING, rows(0, 0)), DRIFT],
    ['when it begins while nothing was summed up', DRIFTED, report(PROBING), DRIFT],
    [
      'when other words than of probing stand',
      DRIFTED,
      report({ DriftDetected: ['Unknown', 'NoPods', 'x'] }, rows(1, 1)),
      DRIFT,
    ],
  ])('%s', (_what, expected, before, next) => {
    expect(told(before, next)).toEqual(expected);
  });
});

describe('each replica tells of what it does', () => {
  const all = { ...STALLED, ...DRIFT };
  const role = (isLeader: boolean, isProber: boolean) => ({
    policy: isLeader,
    probe: isProber,
    secondProbe: false,
    hasSecond: false,
  });
  const policyFailure = { reason: 'Forbidden', message: 'no', stalled: true };

  test.each<[string, string[], Partial<Snapshot>]>([
    ['the leader of the policy', INVALID, { role: role(true, false) }],
    ['who probes of drift', DRIFTED, { role: role(false, true) }],
    ['who does both of both', [...INVALID, ...DRIFTED], { role: role(true, true) }],
    ['who does neither of nothing', [], { role: role(false, false) }],
    ['drift alone where the write failed', DRIFTED, { policyFailure }],
    ['nothing where it failed and another probes', [], { policyFailure, role: role(true, false) }],
  ])('%s', (_what, expected, fields) => {
    expect(told(undefined, all, fields)).toEqual(expected);
  });
});
