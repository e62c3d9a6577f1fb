import { describe, expect, test } from 'vitest';
import type { AuditResult } from '../../api/audit-result.ts';
import { auditedWorkload, auditFinding, auditResult } from '../../testing/audit-results.ts';
import { junitReport } from './report-junit.ts';

const lines = (fields: Partial<AuditResult>) => junitReport(auditResult(fields)).split('\n');
const NOTE = auditFinding({
  id: 'PL013',
  name: 'DeclaredUnused',
  severity: 'note',
  message: 'Nobody uses 8080/TCP',
  fix: 'Take it away',
});

/** The lines of the one case of an audit. */
const caseOf = (fields: Parameters<typeof auditedWorkload>[0]) =>
  lines({ workloads: [auditedWorkload(fields)] }).slice(3, -3);

describe('the case of a workload', () => {
  test('is empty where nothing was found, and says where the manifest is', () => {
    expect(caseOf({})).toEqual([
      '    <testcase classname="shop" name="Deployment/web" file="deploy/web.yaml" line="3"/>',
    ]);
  });

  test('fails by the worst finding, and tells of all but the notes there', () => {
    const findings = [
      auditFinding({ id: 'PL002', name: 'WiderThanDeclared', message: 'Wide', fix: 'Narrow it' }),
      auditFinding({ file: null, line: null }),
    ];
    expect(caseOf({ file: null, line: null, findings })).toEqual([
      '    <testcase classname="shop" name="Deployment/web">',
      '      <failure type="PL002" message="Wide">deploy/web.yaml:3: PL002 WiderThanDeclared: Wide. Narrow it',
      'PL001 NoPolicy: No policy isolates the pods. Label the workload</failure>',
      '    </testcase>',
    ]);
  });

  test('passes with notes, which stand in its output', () => {
    const [, ...rest] = caseOf({ findings: [NOTE] });
    expect(rest).toEqual([
      '      <system-out>deploy/web.yaml:3: PL013 DeclaredUnused: Nobody uses 8080/TCP. Take it away</system-out>',
      '    </testcase>',
    ]);
  });

  test('has both where there are both', () => {
    const text = caseOf({ findings: [auditFinding(), NOTE, NOTE] }).join('\n');
    expect(text.match(/<failure /g)).toHaveLength(1);
    expect(text).toMatch(/<system-out>[^<]*PL013[^<]*\n[^<]*PL013[^<]*<\/system-out>/);
    expect(text).not.toMatch(/<system-out>[^<]*PL001/);
  });

  test('says a name once where there is no id apart from it', () => {
    const finding = auditFinding({ id: 'DeclaredUnreachable', name: 'DeclaredUnreachable' });
    expect(caseOf({ findings: [finding] })[1]).toContain(
      '>deploy/web.yaml:3: DeclaredUnreachable: No policy',
    );
  });

  test('names no line that is not known', () => {
    const [head, failure] = caseOf({ line: null, findings: [auditFinding({ line: null })] });
    expect(head).toBe(
      '    <testcase classname="shop" name="Deployment/web" file="deploy/web.yaml">',
    );
    expect(failure).toContain('>deploy/web.yaml: PL001');
  });
});

test('what others named is a text, wherever it stands', () => {
  const finding = auditFinding({ id: '"', message: '<a>', file: "'" });
  const text = lines({
    problems: [{ file: '"<', line: 1, column: null, message: '"' }],
    workloads: [
      auditedWorkload({ kind: '<', namespace: '&', name: '"', file: '">', findings: [finding] }),
    ],
  }).join('\n');
  expect(text).toContain('<testsuite name="&amp;"');
  expect(text).toContain('classname="&amp;" name="&lt;/&quot;" file="&quot;&gt;" line="3">');
  expect(text).toContain(
    '<failure type="&quot;" message="&lt;a&gt;">&#39;:3: &quot; NoPolicy: &lt;a&gt;. ',
  );
  expect(text).toContain('name="&quot;&lt;:1">\n      <error message="&quot;"/>');
});

test('a suite for each namespace, in the order of their names, counts its cases', () => {
  const workload = (namespace: string, severity?: 'high' | 'note') =>
    auditedWorkload({
      namespace,
      findings: severity === undefined ? [] : [auditFinding({ severity })],
    });
  const workloads = [workload('shop', 'high'), workload('bank', 'note'), workload('shop')];
  const suites = lines({ workloads }).filter((line) => line.includes('<testsuite'));
  expect(suites).toEqual([
    '<testsuites name="portlock" tests="3" failures="1" errors="0">',
    '  <testsuite name="bank" tests="1" failures="0" errors="0">',
    '  <testsuite name="shop" tests="2" failures="1" errors="0">',
  ]);
});

describe('what could not be read', () => {
  const problem = (fields: Partial<AuditResult['problems'][number]>) => ({
    file: 'a.yaml',
    line: null,
    column: null,
    message: 'is broken',
    ...fields,
  });

  test('is an error in a suite of its own, after those of the namespaces', () => {
    const problems = [problem({ line: 2, column: 7 }), problem({ message: 'is "binary"' })];
    const all = lines({ problems });
    expect(all[1]).toBe('<testsuites name="portlock" tests="3" failures="0" errors="2">');
    expect(all.slice(5)).toEqual([
      '  <testsuite name="input" tests="2" failures="0" errors="2">',
      '    <testcase classname="input" name="a.yaml:2">',
      '      <error message="is broken"/>',
      '    </testcase>',
      '    <testcase classname="input" name="a.yaml">',
      '      <error message="is &quot;binary&quot;"/>',
      '    </testcase>',
      '  </testsuite>',
      '</testsuites>',
      '',
    ]);
  });

  test('has a name where it is in no file', () => {
    const problems = [problem({ file: '', message: 'items[0] has no status yet' })];
    expect(lines({ problems })).toContain('    <testcase classname="input" name="input">');
  });

  test('makes no suite where all was read', () => {
    expect(lines({ workloads: [] })).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="portlock" tests="0" failures="0" errors="0">',
      '</testsuites>',
      '',
    ]);
  });
});
