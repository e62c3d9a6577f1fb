import { describe, expect, test } from 'vitest';
import { NOW, snapshot, workload } from '../../testing/builders.ts';
import { PORTS, settings } from '../../testing/intent-builders.ts';
import {
  built,
  builtStatus,
  DRIFT,
  EVIDENCE,
  OWN,
  reportThere,
  row,
} from '../../testing/report-builders.ts';
import type { Intent } from '../policy/intent.ts';
import { buildPolicy } from '../policy/policy.ts';
import { timestamp } from '../text/time.ts';
import { UNSAID } from '../workload/allow-from.ts';
import type { Status } from './conditions.ts';
import type { PortRow } from './port-rows.ts';

test('a report is on its workload, and belongs to it', () => {
  const { apiVersion, kind, metadata, spec } = built();
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  expect({ apiVersion, kind, metadata, spec }).toEqual({
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: {
      name: 'web',
      namespace: 'shop',
      labels: { 'app.kubernetes.io/managed-by': 'portlock' },
      ownerReferences: [{ ...owner, uid: 'uid-web', controller: true, blockOwnerDeletion: false }],
    },
    spec: { targetRef: owner },
  });
});

describe('the status says', () => {
  test('of which generations it is', () => {
    expect(builtStatus()).toMatchObject({ observedGeneration: 1, targetGeneration: 4 });
    const report = reportThere({}, 3);
    expect(builtStatus({ snapshot: snapshot({ report }) }).observedGeneration).toBe(3);
  });

  test.each([
    ['audit', 'Audit'],
    ['enforce', 'Enforce'],
    ['invalid', 'Invalid'],
  ] as const)('in which mode: %s', (mode, said) => {
    expect(builtStatus({ settings: settings({ mode }) }).mode).toBe(said);
  });

  test('how many ports there are, of each finding, where probing can tell', () => {
    const rows = [
      row(),
      row({ finding: 'Unverifiable' }),
      DRIFT,
      row({ finding: 'DeclaredUnreachable' }),
    ];
    const known = { declared: 3, undeclaredReachable: 1, declaredUnreachable: 1, unverifiable: 1 };
    expect(builtStatus({ rows }).summary).toEqual(known);
    const unknown = { declared: 3, unverifiable: 1 };
    expect(builtStatus({ rows, evidence: EVIDENCE }).summary).toEqual(unknown);
    const doubt = { reason: 'NoPods', message: '', isAboutPorts: false } as const;
    expect(builtStatus({ rows, doubt }).summary).toEqual(unknown);
    const settled = new Map([
      [1, { observed: 'Open', pods: 1, firstSeen: 0, lastSeen: 0 } as const],
    ]);
    expect(builtStatus({ rows, evidence: { ...EVIDENCE, settled } }).summary).toEqual(known);
  });

  test.each<[number, number, number | undefined]>([
    [0, 0, undefined],
    [256, 256, undefined],
    [258, 256, 2],
  ])('of %i rows %i, and how many were left out', (count, shown, omitted) => {
    const rows = Array.from({ length: count }, (_, index) => row({ port: index + 1 }));
    const { ports, portsOmitted } = builtStatus({ rows });
    expect(ports?.length ?? 0).toBe(shown);
    expect(ports === undefined).toBe(count === 0);
    expect(portsOmitted).toBe(omitted);
  });

  test('of a row what is known, and times where it differs', () => {
    const containers = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const noted = row({ containers, firstSeen: 1, lastSeen: 2, observedHere: 'Open' });
    const { isCurrent: _, observedHere: _o, firstSeen: _f, lastSeen: _l, ...rest } = noted;
    const long = { ...DRIFT, families: ['IPv6'] as const, message: `\n${'x'.repeat(2000)}` };
    const [first, second] = builtStatus({ rows: [noted, long] }).ports ?? [];
    expect(first).toEqual({ ...rest, containers: containers.slice(0, 16) });
    expect(second).toEqual({
      port: 9090,
      protocol: 'TCP',
      declared: false,
      expected: 'Allowed',
      observed: 'Open',
      pods: 1,
      finding: 'UndeclaredReachable',
      families: ['IPv6'],
      firstSeenTime: timestamp(NOW - 5000),
      lastSeenTime: timestamp(NOW - 1000),
      message: `\\n${'x'.repeat(1022)}`,
    });
  });

  test.each<[string, Intent, Status['policy']]>([
    ['applied', { kind: 'apply', policy: OWN }, { name: 'web-portlock', state: 'Applied' }],
    [
      'held',
      { kind: 'hold', reason: 'X', message: '', stalled: false },
      { name: 'web-portlock', state: 'Held' },
    ],
    [
      'held where none is proposed',
      { kind: 'remove', reason: 'X', message: '', stalled: false, proposed: undefined },
      { name: 'web-portlock', state: 'Held' },
    ],
  ])('that the policy is %s', (_what, intent, policy) => {
    expect(builtStatus({ intent }).policy).toEqual(policy);
  });

  test('which policy is proposed, as a user would write it, unless it is too long', () => {
    const proposed = (policy: typeof OWN): Intent => ({
      kind: 'remove',
      reason: 'AuditMode',
      message: '',
      stalled: false,
      proposed: policy,
    });
    const { policy } = builtStatus({ intent: proposed(OWN) });
    expect(policy?.state).toBe('Proposed');
    expect(policy?.manifest).toMatch(/^apiVersion: networking.k8s.io\/v1\nkind: NetworkPolicy\n/);
    expect(policy?.manifest).not.toContain('ownerReferences');
    const many = Array.from({ length: 1024 }, (_, index) => ({ ...PORTS[0], port: index + 1 }));
    const long = buildPolicy(workload(), many, UNSAID, 'portlock-system');
    expect(builtStatus({ intent: proposed(long) }).policy).toEqual({
      name: 'web-portlock',
      state: 'Proposed',
    });
  });

  test('whose pods the policy is about, too: sixteen, each once, cut and fit to be shown', () => {
    const otherOwners = ['a\n', 'a\n', ...Array.from({ length: 20 }, (_, i) => `${i}`.repeat(400))];
    const shown = builtStatus({ otherOwners }).policy?.otherOwners ?? [];
    expect([shown.length, shown[0], shown[1]?.length]).toEqual([16, 'a\\n', 317]);
  });

  test('what other policies do, 64 of them, and the brake', () => {
    const effect = { group: 'g', kind: 'k', effect: 'None', message: '' } as const;
    const effects = Array.from({ length: 66 }, (_, index) => ({ ...effect, name: `${index}` }));
    const brake = { state: 'Watching', sinceTime: timestamp(NOW) } as const;
    expect(builtStatus({ effects }).policies).toEqual(effects.slice(0, 64));
    expect(builtStatus({ brake }).brake).toEqual(brake);
    expect(Object.keys(builtStatus())).not.toContain('policies');
    expect(Object.keys(builtStatus())).not.toContain('brake');
  });
});

describe('after a restart a row stands as the report says it', () => {
  const before = { ...DRIFT, message: 'before' };
  const { isCurrent: _, firstSeen: _f, lastSeen: _l, ...was } = before;
  const report = reportThere({ targetGeneration: 4, mode: 'Enforce', ports: [was as never] });
  const message = (fields: Partial<PortRow>, more: Partial<Parameters<typeof snapshot>[0]> = {}) =>
    builtStatus({
      rows: [{ ...DRIFT, isCurrent: false, ...fields }],
      snapshot: snapshot({ report, evidence: undefined, ...more }),
    }).ports?.[0]?.message;

  test.each<[string, string, Partial<PortRow>, Partial<Parameters<typeof snapshot>[0]>]>([
    ['until it is read', 'before', {}, {}],
    ['not where it was read', 'Why', { isCurrent: true }, {}],
    ['not where this process read before', 'Why', {}, { evidence: EVIDENCE }],
    ['not of another port', 'Why', { port: 9091 }, {}],
    ['not of another protocol', 'Why', { protocol: 'UDP' }, {}],
    ['not of another finding', 'Why', { finding: 'Unverifiable' }, {}],
    [
      'not of another generation',
      'Why',
      {},
      { report: reportThere({ ...report.status, targetGeneration: 3 }) },
    ],
    [
      'not of another mode',
      'Why',
      {},
      { report: reportThere({ ...report.status, mode: 'Audit' }) },
    ],
  ])('%s', (_what, expected, fields, more) => {
    expect(message(fields, more)).toBe(expected);
  });
});
