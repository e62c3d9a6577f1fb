import { expect, test } from 'vitest';
import { checkerOf } from '../../testing/json-schema.ts';
import { auditOfReports } from './audit-of-reports.ts';

const wrongIn = checkerOf('schemas/audit-result.v1alpha1.json');

function report(name: string, status: object | undefined) {
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { name, namespace: 'shop' },
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } },
    status,
  };
}

const DRIFT = report('web', {
  mode: 'Enforce',
  ports: [
    {
      port: 9090,
      protocol: 'TCP',
      declared: false,
      expected: 'Allowed',
      observed: 'Open',
      finding: 'UndeclaredReachable',
      message: 'A connection was made',
    },
    { port: 8080, protocol: 'TCP', declared: true, expected: 'Allowed', observed: 'Open' },
  ],
  policies: [
    {
      group: 'networking.k8s.io',
      kind: 'NetworkPolicy',
      name: 'open',
      effect: 'Widens',
      message: 'Allows 9090/TCP',
    },
  ],
  policy: { name: 'web-portlock', state: 'Applied' },
  probe: { pods: 1 },
  conditions: [],
});

test('reports of a cluster are an audit, the worst first', () => {
  const audit = auditOfReports([report('clean', { mode: 'Audit' }), DRIFT]);
  expect(wrongIn(audit)).toEqual([]);
  expect(audit.verdict).toBe('Findings');
  expect(audit.workloads.map(({ name }) => name)).toEqual(['web', 'clean']);
  expect(audit.workloads[0]).toMatchObject({
    kind: 'Deployment',
    mode: 'enforce',
    declared: [{ port: 8080 }],
    reachable: [{ port: 9090 }, { port: 8080 }],
    enforce: { applies: true },
    findings: [
      { name: 'UndeclaredReachable', severity: 'high', message: '9090/TCP: A connection was made' },
      { id: 'PL002', message: 'NetworkPolicy open: Allows 9090/TCP' },
    ],
  });
});

test('where nobody probed, nothing is known to be reachable', () => {
  const [workload] = auditOfReports([report('web', { mode: 'Audit' })]).workloads;
  expect(workload?.reachable).toBeNull();
  expect(workload?.allowed).toEqual({ verdict: 'All', ports: null });
});

test('a condition that is not as it should be is a finding, once', () => {
  const condition = (type: string, status: string) => ({
    type,
    status,
    reason: 'WouldWiden',
    message: 'Others isolate the pods',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
  const conditions = [condition('PolicyInSync', 'False'), condition('PreflightPassed', 'False')];
  const [workload] = auditOfReports([report('web', { conditions })]).workloads;
  expect(workload?.findings.map(({ id }) => id)).toEqual(['PL009']);
});

test.each<[string, unknown, string]>([
  ['no status', report('web', undefined), 'items[0] has no status yet'],
  ['an empty status', report('web', {}), 'items[0] has no status yet'],
  ['another kind', { kind: 'Pod' }, 'items[0] is of kind "Pod", not PortExposureReport'],
  ['no object', null, 'items[0] is of kind undefined, not PortExposureReport'],
  ['a wrong field', report('web', { ports: 7 }), 'items[0] is wrong: status.ports'],
])('a report with %s is a problem, and no crash', (_what, item, message) => {
  const audit = auditOfReports([item]);
  expect(audit.problems.map((each) => each.message)).toContain(message);
  expect(audit.verdict).toBe('Unknown');
});

const port = (fields: object) => ({
  port: 80,
  protocol: 'TCP',
  declared: true,
  expected: 'Allowed',
  observed: 'Open',
  ...fields,
});
const workloadOf = (status: object) => auditOfReports([report('web', status)]).workloads[0];

test.each<[observed: string, reachable: object[]]>([
  ['Open', [{ port: 80, protocol: 'TCP' }]],
  ['Filtered', []],
  ['Refused', []],
  ['Unverifiable', []],
])('a port that was probed and found %s', (observed, reachable) => {
  const status = { probe: { pods: 1 }, ports: [port({ observed })] };
  expect(workloadOf(status)?.reachable).toEqual(reachable);
});

test('what is declared has its containers, and nothing else is', () => {
  const ports = [
    port({ containers: ['app'] }),
    port({ port: 81 }),
    port({ port: 82, declared: false }),
  ];
  expect(workloadOf({ ports })?.declared).toEqual([
    { port: 80, protocol: 'TCP', containers: ['app'] },
    { port: 81, protocol: 'TCP', containers: [] },
  ]);
});

const SOME = { verdict: 'Some', ports: [{ first: 80, last: 80, protocol: 'TCP', to: 'Some' }] };

test.each<[kind: string, effect: string, allowed: object]>([
  ['NetworkPolicy', 'Managed', SOME],
  ['NetworkPolicy', 'Restricts', SOME],
  ['NetworkPolicy', 'Unknown', { verdict: 'Unknown', ports: null }],
  // It says nothing about ingress.
  ['NetworkPolicy', 'None', { verdict: 'All', ports: null }],
  // It may close what is not declared.
  ['AdminNetworkPolicy', 'None', SOME],
])('a %s of effect %s leaves these allowed', (kind, effect, allowed) => {
  const policies = [{ group: 'networking.k8s.io', kind, name: 'a', effect }];
  const ports = [port({}), port({ port: 81, expected: 'Denied' })];
  expect(workloadOf({ policies, ports })).toMatchObject({ policies, allowed });
});

test.each<[state: string | undefined, enforce: object]>([
  ['Applied', { applies: true, reason: null, message: null }],
  ['Proposed', { applies: true, reason: null, message: null }],
  ['Held', { applies: false, reason: 'WouldCut', message: 'Why' }],
  [undefined, { applies: false, reason: 'WouldCut', message: 'Why' }],
])('where the policy is %s, enforce mode', (state, enforce) => {
  const conditions = [
    {
      type: 'PolicyInSync',
      status: 'False',
      reason: 'WouldCut',
      message: 'Why',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ];
  const policy = state && { name: 'web-portlock', state };
  expect(workloadOf({ conditions, ...(policy && { policy }) })?.enforce).toEqual({
    ...enforce,
    policy: null,
  });
});

test('workloads are in the order of their risk, then of how much was found, then of their names', () => {
  const found = (...findings: string[]) => ({
    ports: findings.map((finding) => port({ finding })),
  });
  const HIGH = 'UndeclaredReachable';
  const NOTE = 'Unverifiable';
  const items = [
    report('none', found()),
    report('note', found(NOTE)),
    report('b-high', found(HIGH)),
    report('two', found(NOTE, HIGH)),
    report('a-high', found(HIGH)),
  ];
  const { workloads, verdict } = auditOfReports(items);
  expect(workloads.map(({ name }) => name)).toEqual(['two', 'a-high', 'b-high', 'note', 'none']);
  expect(workloads[0]?.findings.map(({ severity }) => severity)).toEqual(['high', 'note']);
  expect(verdict).toBe('Findings');
});

test.each<[what: string, items: unknown[], verdict: string]>([
  ['nothing', [], 'Clean'],
  ['notes alone', [report('web', { ports: [port({ finding: 'Unverifiable' })] })], 'Clean'],
  ['what cannot be read', [DRIFT, null], 'Unknown'],
])('an audit of %s', (_what, items, verdict) => {
  expect(auditOfReports(items).verdict).toBe(verdict);
});
