import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditedWorkload, auditFinding, auditResult } from '../testing/audit-results.ts';
import { saidBy } from '../testing/command-streams.ts';
import { checkerOf } from '../testing/json-schema.ts';
import { type ReportFlags, runReport } from './report.ts';

function reported(stdin: unknown, flags: Partial<ReportFlags> = {}) {
  const text = typeof stdin === 'string' ? stdin : JSON.stringify(stdin);
  const given = { file: '-', output: 'table', color: false, quiet: false, ...flags } as const;
  return saidBy((streams) => runReport(given, streams), text);
}

const FOUND = auditResult({
  workloads: [
    auditedWorkload({
      reachable: [{ port: 9090, protocol: 'TCP' }],
      cuts: [{ port: '9090', protocol: 'TCP', users: ['Service shop/web port 80'], holds: true }],
      connected: [{ port: 9090, protocol: 'TCP', peers: ['shop/client'] }],
      findings: [
        auditFinding(),
        auditFinding({ id: 'PL013', name: 'DeclaredUnused', severity: 'note', patch: null }),
      ],
    }),
  ],
});

describe('an audit', () => {
  test('is shown as a table', async () => {
    const { stdout, stderr, exitCode } = await reported(FOUND);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'NAMESPACE   WORKLOAD         MODE   DECLARED   ALLOWED   REACHABLE   ENFORCE   FINDINGS',
      'shop        Deployment/web   -      8080/TCP   all       9090/TCP    Apply     PL001, PL013',
      '',
      'deploy/web.yaml:3: PL001 NoPolicy: Deployment shop/web: No policy isolates the pods',
    ]);
    expect([stderr, exitCode]).toEqual(['1 workload, 1 finding, 1 note\n', 1]);
  });

  test.each<['Clean' | 'Findings' | 'Unknown', number]>([
    ['Clean', 0],
    ['Findings', 1],
    ['Unknown', 2],
  ])('of verdict %s ends with %i', async (verdict, code) => {
    expect((await reported(auditResult({ verdict }))).exitCode).toBe(code);
  });

  test('goes through as JSON unchanged', async () => {
    const { stdout } = await reported(FOUND, { output: 'json' });
    expect(JSON.parse(stdout)).toEqual(FOUND);
  });

  test('names what it could not read', async () => {
    const problems = [{ file: 'a.yaml', line: 2, column: 7, message: 'is broken' }];
    const { stderr } = await reported(auditResult({ verdict: 'Unknown', problems }));
    expect(stderr).toContain('a.yaml:2:7: is broken\n');
  });

  test('is a result of SARIF at its file and line', async () => {
    const { stdout } = await reported(FOUND, { output: 'sarif' });
    const [run] = JSON.parse(stdout).runs;
    expect(run.results[0]).toMatchObject({
      ruleId: 'PL001',
      ruleIndex: 0,
      level: 'warning',
      message: {
        text: 'Deployment shop/web: No policy isolates the pods. Label the workload',
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'deploy/web.yaml' },
            region: { startLine: 3 },
          },
        },
      ],
    });
    expect(run.results[1].level).toBe('note');
    expect(checkerOf('src/testing/schemas/sarif-2.1.0.json')(JSON.parse(stdout))).toEqual([]);
  });

  test('is a page that says who would be cut and who is connected, with the lines that mend it', async () => {
    const { stdout } = await reported(FOUND, { output: 'html' });
    expect(stdout).toContain('Would be cut: <code>9090/TCP</code> of Service shop/web port 80');
    expect(stdout).toContain('Connected now: <code>9090/TCP</code> by shop/client');
    expect(stdout).toContain('<pre>metadata:\n  labels:\n    portlock.dev/mode: enforce</pre>');
    expect(stdout).toContain(
      'aria-label="8080/TCP declared, allowed, not reachable; 9090/TCP not declared, allowed, reachable; all others not declared, allowed"',
    );
    expect(stdout).not.toMatch(/(?:src|href)="?https?:/);
  });

  test('is a failed case of JUnit', async () => {
    const { stdout } = await reported(FOUND, { output: 'junit' });
    expect(stdout).toContain('<testsuites name="portlock" tests="1" failures="1" errors="0">');
    expect(stdout).toContain('<failure type="PL001" message="No policy isolates the pods">');
  });

  test('is a comment, in which notes are only counted', async () => {
    const { stdout } = await reported(FOUND, { output: 'markdown' });
    expect(stdout).toContain(
      '| medium | PL001 NoPolicy | Deployment shop/web deploy/web.yaml\\:3 | No policy isolates the pods |',
    );
    expect(stdout).toContain('1 workload, 1 finding, 1 note.');
    expect(stdout).not.toContain('PL013');
  });

  test('is a comment that is not too long, and says how many findings it leaves out', async () => {
    const workloads = Array.from({ length: 2_000 }, () =>
      auditedWorkload({ findings: [auditFinding()] }),
    );
    const { stdout } = await reported(auditResult({ workloads }), { output: 'markdown' });
    expect(stdout.length).toBeLessThan(65_536);
    expect(stdout).toMatch(/and [\d,]+ findings more\.|and [\d,]+ findings? more/);
  });

  test('is a Report of its namespace', async () => {
    const { stdout } = await reported(FOUND, { output: 'openreports' });
    expect(stdout).toContain(
      'kind: Report\nmetadata:\n  name: portlock-audit\n  namespace: shop\n',
    );
    expect(stdout).toContain('  pass: 0\n  fail: 1\n  warn: 1\n');
  });
});

describe('what is no audit', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'portlock-report-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each<[string, unknown, string | RegExp]>([
    ['nothing', '\n', /^-: there is nothing in it; give it what portlock audit -o json says/],
    ['broken JSON', '{\n  "a" 1}', /^-: is no JSON \(line 2, column 7\); give it/],
    ['YAML', 'kind: AuditResult\n', /^-: is no JSON/],
    ['another kind', { kind: 'Deployment' }, /^-: is no audit; give it/],
    [
      'another version',
      { ...FOUND, apiVersion: 'portlock.dev/v2' },
      '-: is an audit of version "portlock.dev/v2", and this portlock reads portlock.dev/v1alpha1',
    ],
    [
      'a field of another type',
      { ...FOUND, workloads: [{ ...auditedWorkload(), findings: 7 }] },
      '-: is no audit as its schema has it: workloads[0].findings is missing, or wrong',
    ],
    ['UTF-16', '\ufffe{}', /^-: is no JSON/],
  ])('%s is refused in one line', async (_what, stdin, message) => {
    await expect(reported(stdin)).rejects.toThrow(message);
  });

  test('a file that is not there, a folder, a binary one, and one with a byte order mark', async () => {
    const file = (name: string) => path.join(folder, name);
    writeFileSync(file('binary'), Uint8Array.of(0x7b, 0, 0x7d));
    writeFileSync(file('bom.json'), `\ufeff${JSON.stringify(FOUND)}\r\n`);
    await expect(reported('', { file: file('none') })).rejects.toThrow('there is no such file');
    await expect(reported('', { file: folder })).rejects.toThrow('is a folder');
    await expect(reported('', { file: file('binary') })).rejects.toThrow('is binary');
    expect((await reported('', { file: file('bom.json') })).exitCode).toBe(1);
  });
});
