import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { AuditedWorkload } from '../../api/audit-result.ts';
import { auditedWorkload, auditFinding, auditResult } from '../../testing/audit-results.ts';
import { openReports } from './report-openreports.ts';

const reportsOf = (...workloads: AuditedWorkload[]) =>
  parseAllDocuments(openReports(auditResult({ workloads }))).map((each) => each.toJS());
const found = (...severities: ('high' | 'medium' | 'low' | 'note')[]) =>
  severities.map((severity) => auditFinding({ severity }));

test('there is a Report for each namespace, in the order of their names', () => {
  const reports = reportsOf(
    auditedWorkload({ namespace: 'shop' }),
    auditedWorkload({ namespace: 'bank' }),
    auditedWorkload({ namespace: 'shop', name: 'db' }),
  );
  for (const { apiVersion, kind, source } of reports)
    expect([apiVersion, kind, source]).toEqual(['openreports.io/v1alpha1', 'Report', 'portlock']);
  expect(reports.map(({ metadata }) => metadata)).toEqual([
    { name: 'portlock-audit', namespace: 'bank' },
    { name: 'portlock-audit', namespace: 'shop' },
  ]);
  expect(reports.map(({ results }) => results.length)).toEqual([1, 2]);
});

test('a workload of which nothing was found passes', () => {
  const [{ summary, results }] = reportsOf(auditedWorkload());
  expect(summary).toEqual({ pass: 1, fail: 0, warn: 0, error: 0, skip: 0 });
  expect(results).toEqual([
    {
      source: 'portlock',
      category: 'Port exposure',
      resources: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }],
      policy: 'portlock',
      result: 'pass',
      message: 'Nothing was found',
    },
  ]);
});

test('a finding is a result of the check that it is of', () => {
  const [{ results }] = reportsOf(auditedWorkload({ findings: [auditFinding()] }));
  expect(results[0]).toMatchObject({
    policy: 'NoPolicy',
    rule: 'PL001',
    severity: 'medium',
    result: 'fail',
    message: 'No policy isolates the pods',
    properties: { fix: 'Label the workload' },
  });
});

test('a note warns, all else fails, and the summary counts them', () => {
  const findings = found('high', 'medium', 'low', 'note');
  const [{ summary, results }] = reportsOf(auditedWorkload({ findings }));
  expect(results.map(({ severity, result }: Record<string, string>) => [severity, result])).toEqual(
    [
      ['high', 'fail'],
      ['medium', 'fail'],
      ['low', 'fail'],
      ['info', 'warn'],
    ],
  );
  expect(summary).toMatchObject({ pass: 0, fail: 3, warn: 1 });
});

test.each([
  ['Deployment', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['DaemonSet', 'apps/v1'],
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
  ['Rollout', 'argoproj.io/v1alpha1'],
])('a %s is one of %s', (kind, apiVersion) => {
  const [{ results }] = reportsOf(auditedWorkload({ kind }));
  expect(results[0].resources).toMatchObject([{ apiVersion, kind }]);
});

test('findings of one workload each name it, without an alias', () => {
  const text = openReports(
    auditResult({ workloads: [auditedWorkload({ findings: found('high', 'low') })] }),
  );
  expect(text.match(/name: web/g)).toHaveLength(2);
  expect(text).not.toMatch(/[&*]a1/);
});

test('what a terminal acts on is an escape', () => {
  const findings = [auditFinding({ message: 'a\u001b[2J', fix: 'b\u202e' })];
  const [{ results }] = reportsOf(auditedWorkload({ findings }));
  expect(results[0]).toMatchObject({ message: 'a\\x1b[2J', properties: { fix: 'b\\u202e' } });
});

describe('what could not be read', () => {
  const broken = { file: 'a.yaml', line: 3, column: 1, message: 'is \u001b broken' };
  const unread = { file: '', line: null, column: null, message: 'pods: forbidden' };
  const documents = (workloads: AuditedWorkload[]) =>
    parseAllDocuments(openReports(auditResult({ workloads, problems: [broken, unread] })));

  test('is an error each in a ClusterReport, as it is of no namespace', () => {
    const [only, ...others] = documents([]).map((each) => each.toJS());
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      kind: 'ClusterReport',
      metadata: { name: 'portlock-audit' },
      summary: { pass: 0, fail: 0, warn: 0, error: 2, skip: 0 },
    });
    expect(only.metadata).not.toHaveProperty('namespace');
    expect(
      only.results.map(({ result, message }: Record<string, string>) => [result, message]),
    ).toEqual([
      ['error', 'a.yaml:3:1: is \\x1b broken'],
      ['error', 'pods: forbidden'],
    ]);
  });

  test('is there beside the Reports', () => {
    const kinds = documents([auditedWorkload()]).map((each) => each.toJS().kind);
    expect(kinds).toEqual(['Report', 'ClusterReport']);
  });
});

test('an audit without workloads or problems is nothing', () => {
  expect(openReports(auditResult({ workloads: [] }))).toBe('');
});
