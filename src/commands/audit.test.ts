import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { MANIFESTS, NO_CLUSTER, OBJECTS_ALONE } from '../testing/command-flags.ts';
import { saidBy } from '../testing/command-streams.ts';
import { deployment } from '../testing/deployments.ts';
import { documentsOf, serviceTo } from '../testing/read-texts.ts';
import { type AuditFlags, runAudit } from './audit.ts';

const never = new AbortController().signal;

function audited(text: string, given: Partial<AuditFlags> = {}) {
  const flags: AuditFlags = {
    ...MANIFESTS,
    ...NO_CLUSTER,
    ...OBJECTS_ALONE,
    paths: ['-'],
    allNamespaces: false,
    output: 'table',
    color: false,
    ...given,
  };
  return saidBy((streams) => runAudit(flags, streams, never), text);
}

const CLEAN = documentsOf(deployment(), serviceTo(8080));
const NOTED = documentsOf(deployment());
const FOUND = documentsOf(deployment({ mode: undefined }), serviceTo(9090));
const BROKEN = 'kind: [\n';

describe('an audit ends', () => {
  test.each<[string, string, number, string, RegExp]>([
    ['with 0 where nothing is found', CLEAN, 0, 'Clean', /^1 workload, 0 findings, 0 notes\n$/],
    ['with 0 where there are only notes', NOTED, 0, 'Clean', /^1 workload, 0 findings, 1 note\n$/],
    ['with 1 where something is found', FOUND, 1, 'Findings', /^1 workload, 2 findings, 1 note\n$/],
    [
      'with 2 where something could not be read',
      `${CLEAN}---\n${BROKEN}`,
      2,
      'Unknown',
      /^-:6:1: .*\n1 workload, 0 findings, 0 notes\n$/,
    ],
    [
      'with 2 where something is found, too',
      `${FOUND}---\n${BROKEN}`,
      2,
      'Unknown',
      /\n1 workload, 2 findings, 1 note\n$/,
    ],
  ])('%s', async (_how, text, exitCode, verdict, stderr) => {
    const said = await audited(text, { output: 'json' });
    expect(JSON.parse(said.stdout).verdict).toBe(verdict);
    expect(said.stderr).toMatch(stderr);
    expect(said.exitCode).toBe(exitCode);
  });

  test('with 2 and without a result where there is no workload', async () => {
    const { stdout, stderr, exitCode } = await audited(documentsOf(serviceTo(80)));
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^There is no workload in what was read: /);
    expect(exitCode).toBe(2);
  });
});

test.each<['json' | 'yaml', (text: string) => unknown]>([
  ['json', JSON.parse],
  ['yaml', parse],
])('as %s it says what could not be read, also where nothing could', async (output, read) => {
  const { stdout, stderr } = await audited(BROKEN, { output });
  expect(read(stdout)).toMatchObject({
    verdict: 'Unknown',
    problems: [{ file: '-', line: 2 }],
    workloads: [],
  });
  expect(stderr).not.toContain('workloads');
});

test.each<[AuditFlags['output'], (text: string) => unknown]>([
  ['json', JSON.parse],
  ['yaml', parse],
])('as %s it is the document whose schema is published', async (output, read) => {
  const { stdout } = await audited(FOUND, { output });
  expect(read(stdout)).toMatchObject({
    kind: 'AuditResult',
    verdict: 'Findings',
    workloads: [{ namespace: 'shop', name: 'web', mode: null, enforce: { applies: false } }],
  });
});

test('as a table it is a line for each workload and each finding, wide with more', async () => {
  const { stdout } = await audited(FOUND);
  expect(stdout).toMatch(
    /^NAMESPACE +WORKLOAD +MODE +DECLARED +ALLOWED +ENFORCE +FINDINGS\nshop +Deployment\/web /,
  );
  expect(stdout).toContain('-:1: PL001 NoPolicy: Deployment shop/web: ');
  const wide = await audited(FOUND, { output: 'wide' });
  expect(wide.stdout.length).toBeGreaterThan(stdout.length);
  const colored = await audited(FOUND, { color: true });
  expect([stdout, colored.stdout].map((each) => each.includes('\u001b['))).toEqual([false, true]);
});

test('quiet it says no more than what could not be read', async () => {
  expect((await audited(FOUND, { quiet: true })).stderr).toBe('');
  expect((await audited(BROKEN, { quiet: true })).stderr).toMatch(/^-:2:1: /);
});

test.each<[string, Partial<AuditFlags>]>([
  ['all namespaces', { allNamespaces: true }],
  ['connections', { probe: true }],
  ['a look inside', { inside: true }],
])('manifests have no %s', async (_what, flags) => {
  await expect(audited(CLEAN, flags)).rejects.toThrow(
    '-f reads no cluster: drop -A, --probe and --inside',
  );
});
