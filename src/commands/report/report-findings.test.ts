import { describe, expect, test } from 'vitest';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { CHECKS } from '../audit/checks.ts';
import {
  conditionFindings,
  policyFindings,
  portFindings,
  rankOfSeverity,
} from './report-findings.ts';

type Status = NonNullable<PortExposureReport['status']>;
type Condition = NonNullable<Status['conditions']>[number];

const port = (fields: object): Status => ({
  ports: [
    { port: 80, protocol: 'TCP', declared: true, expected: 'Allowed', observed: 'Open', ...fields },
  ],
});
const condition = (type: string, status: 'True' | 'False', reason: string, message = 'Why') =>
  ({ type, status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' }) as Condition;

describe('a port', () => {
  test.each<[finding: string, id: string, severity: string]>([
    ['UndeclaredReachable', 'PL019', 'high'],
    ['DeclaredUnreachable', 'DeclaredUnreachable', 'medium'],
    ['DeclaredNotListening', 'DeclaredNotListening', 'note'],
    ['DeclaredUnused', 'PL013', 'note'],
    ['Unverifiable', 'Unverifiable', 'note'],
  ])('that is %s is %s, which is %s', (finding, id, severity) => {
    const [found, ...more] = portFindings(port({ finding, message: 'Why' }));
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      id,
      name: finding,
      severity,
      message: '80/TCP: Why',
      file: null,
      line: null,
      patch: null,
    });
    expect(found?.fix).toMatch(/\.$|tell$/);
  });

  test('is named by the finding where nothing more is said', () => {
    expect(portFindings(port({ finding: 'Unverifiable' }))[0]?.message).toBe(
      '80/TCP: Unverifiable',
    );
  });

  test.each<[Status]>([[port({})], [{}]])('that is as it should be is none: %j', (status) => {
    expect(portFindings(status)).toEqual([]);
  });
});

describe('a policy of others', () => {
  const policy = (effect: string, message?: string): Status => ({
    policies: [{ group: '', kind: 'NetworkPolicy', name: 'open', effect, message } as never],
  });

  test('that opens more than is declared is a finding', () => {
    expect(policyFindings(policy('Widens', 'Allows 90/TCP'))).toMatchObject([
      { id: 'PL002', severity: 'high', message: 'NetworkPolicy open: Allows 90/TCP' },
    ]);
  });

  test.each(['None', 'Unknown', 'Narrows'])('whose effect is %s is none', (effect) => {
    expect(policyFindings(policy(effect))).toEqual([]);
  });
});

describe('a condition', () => {
  const found = (...conditions: Condition[]) => conditionFindings('Deployment', { conditions });

  test.each<[reason: string, id: keyof typeof CHECKS]>([
    ['InvalidMode', 'PL008'],
    ['InvalidAnnotation', 'PL008'],
    ['TooManyPorts', 'PL012'],
    ['HostNetwork', 'PL007'],
    ['NoDeclaredPorts', 'PL005'],
    ['NoPodLabels', 'PL018'],
    ['PodLabelsShared', 'PL018'],
    ['TemplateNotFound', 'PL018'],
    ['UsersNotLetIn', 'PL014'],
    ['WouldWiden', 'PL009'],
  ])('of reason %s is %s', (reason, id) => {
    const { name, severity, fix } = CHECKS[id];
    expect(found(condition('PolicyInSync', 'False', reason))).toEqual([
      { id, name, severity, fix, message: 'Why', file: null, line: null, patch: null },
    ]);
  });

  test('of pre-flight, whatever its reason, is that something would be cut', () => {
    expect(found(condition('PreflightPassed', 'False', 'WouldCut'))).toMatchObject([
      { id: 'PL003', message: 'Why' },
    ]);
  });

  test('has the line that mends it where its message names that', () => {
    const message =
      '9090/TCP is used: kubectl annotate deployment web -n shop portlock.dev/accept-cuts=9090 --overwrite';
    const [finding] = found(condition('PreflightPassed', 'False', 'WouldCut', message));
    expect(finding?.patch).toBe(
      'metadata:\n  annotations:\n    portlock.dev/accept-cuts: "9090"\n',
    );
  });

  test.each<[type: string, status: 'True' | 'False', isFound: boolean]>([
    ['Stalled', 'True', true],
    ['Stalled', 'False', false],
    ['EnforcementVerified', 'False', true],
    ['EnforcementVerified', 'True', false],
    ['Reconciling', 'True', false],
    ['Ready', 'False', false],
    ['PolicyInSync', 'False', false],
  ])('%s that is %s for a reason of its own is one: %j', (type, status, isFound) => {
    const own = {
      id: 'Odd',
      name: 'Odd',
      severity: 'high',
      message: 'Why',
      fix: 'See what the message says; the report has the rest.',
      file: null,
      line: null,
      patch: null,
    };
    expect(found(condition(type, status, 'Odd'))).toEqual(isFound ? [own] : []);
  });

  test('that repeats another one is told once', () => {
    const both = [
      condition('PolicyInSync', 'False', 'WouldWiden'),
      condition('PreflightPassed', 'False', 'WouldWiden'),
      condition('Stalled', 'True', 'WouldWiden', 'Another'),
    ];
    expect(found(...both).map(({ message }) => message)).toEqual(['Why', 'Another']);
  });

  test('that no policy is enforced where none is in force is not told', () => {
    const same = [
      condition('PolicyInSync', 'False', 'AuditMode'),
      condition('EnforcementVerified', 'False', 'AuditMode'),
    ];
    expect(found(...same)).toEqual([]);
  });

  test('is none where there is none', () => {
    expect(conditionFindings('Deployment', {})).toEqual([]);
  });
});

describe('a Job without ports', () => {
  const undeclared = condition('PolicyInSync', 'False', 'NoDeclaredPorts');
  const uncut = condition(
    'PreflightPassed',
    'True',
    'NothingCut',
    'Nothing in the cluster is known to use an undeclared port of the pods',
  );

  test.each<[kind: string, conditions: Condition[], id: string]>([
    ['Job', [undeclared, uncut], 'PL023'],
    ['CronJob', [undeclared, uncut], 'PL023'],
    ['Deployment', [undeclared, uncut], 'PL005'],
    ['Job', [undeclared], 'PL005'],
    ['Job', [undeclared, { ...uncut, message: '9090/TCP is used' }], 'PL005'],
  ])('%s', (kind, conditions, id) => {
    expect(conditionFindings(kind, { conditions }).map((each) => each.id)).toEqual([id]);
  });
});

test('severities rank from the worst', () => {
  const ranks = (['high', 'medium', 'low', 'note'] as const).map((severity) =>
    rankOfSeverity({ severity }),
  );
  expect(ranks).toEqual([0, 1, 2, 3]);
});
