import { describe, expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import type { AuditFinding, AuditResult } from '../../api/audit-result.ts';
import { auditedWorkload, auditFinding, auditResult } from '../../testing/audit-results.ts';
import { CHECKS } from '../audit/checks.ts';
import { sarifReport } from './report-sarif.ts';

function runOf(audit: AuditResult) {
  const { runs, ...log } = JSON.parse(sarifReport(audit));
  expect(runs).toHaveLength(1);
  return { ...runs[0], log };
}

const found = (...findings: AuditFinding[]) =>
  auditResult({ workloads: [auditedWorkload({ findings })] });
const resultOf = (fields: Partial<AuditFinding>) => runOf(found(auditFinding(fields))).results[0];

test('the log says what it is, and who wrote it', () => {
  const { log, tool, columnKind } = runOf(found());
  expect(log).toEqual({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
  });
  expect(tool.driver).toEqual({ name: 'portlock', version: packageJson.version, rules: [] });
  expect(columnKind).toBe('utf16CodeUnits');
});

describe('the rules', () => {
  test('are each of what was found once, in the order of their ids, and results point there', () => {
    const run = runOf(
      found(
        auditFinding({ id: 'PL003' }),
        auditFinding({ id: 'PL001' }),
        auditFinding({ id: 'PL003' }),
      ),
    );
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['PL001', 'PL003']);
    expect(run.results.map(({ ruleIndex }: { ruleIndex: number }) => ruleIndex)).toEqual([1, 0, 1]);
  });

  test('say what the documentation of a check says', () => {
    const [rule] = runOf(found(auditFinding({ id: 'PL002', name: 'Wide' }))).tool.driver.rules;
    expect(rule).toMatchObject({
      id: 'PL002',
      name: 'Wide',
      shortDescription: { text: 'Wide' },
      fullDescription: { text: CHECKS.PL002.why },
      help: { text: CHECKS.PL002.fix },
    });
  });

  test.each<[AuditFinding['severity'], string, string]>([
    ['high', 'error', '7.5'],
    ['medium', 'warning', '5.5'],
    ['low', 'warning', '3.0'],
    ['note', 'note', '0.0'],
  ])('rank what is %s as %s and %s', (severity, level, score) => {
    const run = runOf(found(auditFinding({ severity })));
    expect(run.tool.driver.rules[0]).toMatchObject({
      defaultConfiguration: { level },
      properties: { tags: ['security', 'kubernetes'], 'security-severity': score },
    });
    expect(run.results[0].level).toBe(level);
  });
});

describe('where a finding is', () => {
  const physical = (fields: Partial<AuditFinding>) =>
    resultOf(fields).locations[0].physicalLocation;

  test.each<[file: string, uri: string]>([
    ['deploy/web.yaml', 'deploy/web.yaml'],
    ['./deploy//web.yaml', 'deploy/web.yaml'],
    ['a/../web.yaml', 'web.yaml'],
    ['a b/ü?#%.yaml', 'a%20b/%C3%BC%3F%23%25.yaml'],
    ['javascript:alert(1)', 'javascript%3Aalert(1)'],
    ['/srv/a b.yaml', 'file:///srv/a%20b.yaml'],
    ['\ud800.yaml', '%EF%BF%BD.yaml'],
  ])('%s is a reference to %s', (file, uri) => {
    expect(physical({ file })).toEqual({ artifactLocation: { uri }, region: { startLine: 3 } });
  });

  test('is the file alone where the line is not known', () => {
    expect(physical({ line: null })).toEqual({ artifactLocation: { uri: 'deploy/web.yaml' } });
  });

  test.each([null, '-', ''])('is no file where it is %j', (file) => {
    expect(physical({ file })).toBeUndefined();
  });

  test('is the workload, in any case', () => {
    expect(resultOf({ file: null }).locations[0].logicalLocations).toEqual([
      { name: 'web', fullyQualifiedName: 'shop/Deployment/web' },
    ]);
  });
});

describe('a finding is the same one', () => {
  const print = (fields: Partial<AuditFinding>) => resultOf(fields).partialFingerprints;

  test('after lines were added above it, or it was ranked anew', () => {
    expect(print({ line: 90, file: 'b.yaml', severity: 'low', fix: 'b' })).toEqual(print({}));
    expect(print({})).toEqual({ 'finding/v1': expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test.each<Partial<AuditFinding>>([{ id: 'PL002' }, { message: 'Another' }])(
    'but not where it is %j',
    (fields) => {
      expect(print(fields)).not.toEqual(print({}));
    },
  );

  test('nor that of another workload', () => {
    const [db] = runOf(
      auditResult({
        workloads: [auditedWorkload({ name: 'db', findings: [auditFinding()] })],
      }),
    ).results;
    expect(db.partialFingerprints).not.toEqual(print({}));
  });
});

describe('what could not be read', () => {
  const problem = { file: 'a.yaml', line: 2, column: 7, message: 'is {broken}' };

  test('is told of the run, which has failed', () => {
    expect(runOf(auditResult({ problems: [problem] })).invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          {
            level: 'error',
            message: { text: 'is {{broken}}' },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'a.yaml' },
                  region: { startLine: 2, startColumn: 7 },
                },
              },
            ],
          },
        ],
      },
    ]);
  });

  test('has no location where it is in no file', () => {
    const [{ toolExecutionNotifications }] = runOf(
      auditResult({ problems: [{ ...problem, file: '' }] }),
    ).invocations;
    expect(toolExecutionNotifications).toEqual([
      { level: 'error', message: { text: 'is {{broken}}' } },
    ]);
  });

  test('is nothing where all was read', () => {
    expect(runOf(found()).invocations).toEqual([
      { executionSuccessful: true, toolExecutionNotifications: [] },
    ]);
  });
});

describe('a text that others wrote', () => {
  test.each<[message: string, text: string]>([
    ['{0}', '{{0}}'],
    ['[a](b)', '\\[a\\](b)'],
    ['a\\b', 'a\\\\b'],
    ['\u001b[2J', '\\\\x1b\\[2J'],
  ])('has neither a placeholder nor a link: %j', (message, text) => {
    expect(resultOf({ message }).message.text).toBe(
      `Deployment shop/web: ${text}. Label the workload`,
    );
  });

  test('is visible in every name, too', () => {
    const finding = auditFinding({ name: '\u202e[x]', fix: '{f}', id: 'Own', message: '{m}' });
    const run = runOf(
      auditResult({ workloads: [auditedWorkload({ name: '\u001b', findings: [finding] })] }),
    );
    expect(run.tool.driver.rules[0]).toMatchObject({
      name: '\\u202e[x]',
      shortDescription: { text: '\\\\u202e\\[x\\]' },
      fullDescription: { text: '{{m}}' },
      help: { text: '{{f}}' },
    });
    expect(run.results[0].locations[0].logicalLocations).toEqual([
      { name: '\\x1b', fullyQualifiedName: 'shop/Deployment/\\x1b' },
    ]);
  });

  test('has no tag for a page that shows the log', () => {
    const text = sarifReport(found(auditFinding({ message: '</script><b>' })));
    expect(text).not.toContain('<');
    expect(JSON.parse(text).runs[0].results[0].message.text).toContain('</script><b>');
  });
});
