import { describe, expect, test } from 'vitest';
import type { AuditedWorkload, AuditFinding } from '../../api/audit-result.ts';
import { auditedWorkload, auditFinding } from '../../testing/audit-results.ts';
import { auditTable } from './audit-table.ts';

const PLAIN = { wide: false, color: false };
const linesOf = (workloads: AuditedWorkload[], options = PLAIN) =>
  auditTable(workloads, options).split('\n');
const cellsOf = (workload: AuditedWorkload, options = PLAIN) => {
  const [header = '', row = ''] = linesOf([workload], options).map((line) => line.split(/ {3,}/));
  return Object.fromEntries([...header].map((name, index) => [name, row[index]]));
};

test('a workload of which nothing was found is a line', () => {
  expect(cellsOf(auditedWorkload())).toEqual({
    NAMESPACE: 'shop',
    WORKLOAD: 'Deployment/web',
    MODE: '-',
    DECLARED: '8080/TCP',
    ALLOWED: 'all',
    ENFORCE: 'Apply',
    FINDINGS: '-',
  });
  expect(linesOf([auditedWorkload()])).toHaveLength(3);
});

describe('a column of what was seen', () => {
  const seen = [80, 80, 443].map((port) => ({ port, protocol: 'TCP' as const }));

  test.each(['reachable', 'listening'] as const)('is there where anybody looked: %s', (field) => {
    const looked = auditedWorkload({ [field]: seen.map((each) => ({ ...each, container: null })) });
    const header = field.toUpperCase();
    expect(cellsOf(looked)[header]).toBe('80/TCP, 443/TCP');
    expect(cellsOf(auditedWorkload({ [field]: [] }))[header]).toBe('-');
    expect(cellsOf(auditedWorkload())).not.toHaveProperty(header);
    const [, , row] = linesOf([looked, auditedWorkload()]);
    expect(row).toContain('   unknown   ');
  });
});

test('a wide table has the policies, and where the manifest is', () => {
  const policies = ['a', 'b'].map((name) => ({
    group: '',
    kind: 'NetworkPolicy',
    name,
    effect: 'Widens' as const,
  }));
  const wide = { wide: true, color: false };
  expect(cellsOf(auditedWorkload({ policies }), wide)).toMatchObject({
    POLICIES: 'a, b',
    AT: 'deploy/web.yaml:3',
  });
  expect(cellsOf(auditedWorkload({ file: null }), wide)).toMatchObject({ POLICIES: '-', AT: '-' });
});

describe('what was found', () => {
  const below = (fields: Partial<AuditFinding>) =>
    linesOf([auditedWorkload({ findings: [auditFinding(fields)] })]).slice(2);

  test('stands below the table, a line each, in the order of the workloads', () => {
    const findings = [auditFinding(), auditFinding({ id: 'PL002', name: 'Wide' })];
    const workloads = [auditedWorkload({ findings }), auditedWorkload({ name: 'db', findings })];
    const lines = linesOf(workloads).slice(3);
    expect(lines[0]).toBe('');
    expect(lines.slice(1).map((line) => line.split(': ').slice(1, 3))).toEqual([
      ['PL001 NoPolicy', 'Deployment shop/web'],
      ['PL002 Wide', 'Deployment shop/web'],
      ['PL001 NoPolicy', 'Deployment shop/db'],
      ['PL002 Wide', 'Deployment shop/db'],
      [],
    ]);
  });

  test.each<[Partial<AuditFinding>, string]>([
    [{}, 'deploy/web.yaml:3: PL001 NoPolicy: Deployment shop/web: No policy isolates the pods'],
    [{ file: null }, 'PL001 NoPolicy: Deployment shop/web: No policy isolates the pods'],
    [
      { line: null, id: 'NoPolicy' },
      'deploy/web.yaml: NoPolicy: Deployment shop/web: No policy isolates the pods',
    ],
    [
      { message: 'a\n\u001b[2J' },
      'deploy/web.yaml:3: PL001 NoPolicy: Deployment shop/web: a\\n\\x1b[2J',
    ],
  ])('is told as far as it is known: %j', (fields, line) => {
    expect(below(fields)).toEqual(['', line, '']);
  });

  test('is named in the line of the workload once', () => {
    const findings = ['PL001', 'PL002', 'PL001'].map((id) => auditFinding({ id }));
    expect(cellsOf(auditedWorkload({ findings })).FINDINGS).toBe('PL001, PL002');
  });

  test.each<[AuditFinding['severity'], number | undefined]>([
    ['high', 31],
    ['medium', 33],
    ['low', 33],
    ['note', undefined],
  ])('is painted by the worst of it, where colour is wanted: %s', (severity, color) => {
    const findings = [auditFinding({ severity }), auditFinding({ severity: 'note' })];
    const painted = auditTable([auditedWorkload({ findings })], { wide: false, color: true });
    expect(painted.includes('\u001b[')).toBe(color !== undefined);
    if (color !== undefined) expect(painted).toContain(`\u001b[${color}mPL001\u001b[39m\n`);
    expect(auditTable([auditedWorkload({ findings })], PLAIN)).not.toContain('\u001b');
  });
});
