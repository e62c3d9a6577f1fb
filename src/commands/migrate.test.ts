import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { policy } from '../testing/builders.ts';
import { MANIFESTS, NOT_LIVE } from '../testing/command-flags.ts';
import { saidBy } from '../testing/command-streams.ts';
import { deployment } from '../testing/deployments.ts';
import { CILIUM_POLICY } from '../testing/other-policies.ts';
import { documentsOf } from '../testing/read-texts.ts';
import { type MigrateFlags, runMigrate } from './migrate.ts';

const never = new AbortController().signal;

function migrated(text: string, given: Partial<MigrateFlags> = {}) {
  const flags: MigrateFlags = { ...MANIFESTS, ...NOT_LIVE, paths: ['-'], output: 'json', ...given };
  return saidBy((streams) => runMigrate(flags, streams, never), text);
}

const WEB = deployment({ mode: undefined });
const SAME = policy('old', { ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }] }] });
const WIDER = policy('old', {
  ingress: [{ ports: [{ port: 8080 }], from: [{ podSelector: { matchLabels: { a: 'b' } } }] }],
});

describe('a migration ends', () => {
  const counted = (workloads: string, isolated: number, same: number) =>
    `${workloads}: ${isolated} isolated by policies that let somebody in, ${same} of them the same by annotations\n`;
  test.each<[string, readonly object[], number, string]>([
    ['with 0 where all would be the same', [WEB, SAME], 0, counted('1 workload', 1, 1)],
    ['with 0 where nothing is to be taken over', [WEB], 0, counted('1 workload', 0, 0)],
    ['with 1 where something would not', [WEB, WIDER], 1, counted('1 workload', 1, 0)],
    [
      'with 1 where that is one of several',
      [
        WEB,
        { ...SAME, spec: { ...SAME.spec, podSelector: { matchLabels: { app: 'web' } } } },
        deployment({ name: 'api', namespace: 'bank' }),
        { ...WIDER, metadata: { name: 'old', namespace: 'bank' } },
      ],
      1,
      counted('2 workloads', 2, 1),
    ],
    ['with 2 where nobody can tell', [WEB, SAME, CILIUM_POLICY], 2, counted('1 workload', 1, 0)],
    [
      'with 2 where something could not be read',
      [WEB, SAME, { kind: 'x' }],
      2,
      `-:5: apiVersion is missing, or no text\n${counted('1 workload', 1, 1)}`,
    ],
  ])('%s', async (_how, objects, exitCode, stderr) => {
    expect(await migrated(documentsOf(...objects))).toMatchObject({ exitCode, stderr });
  });
});

test('the steps open nothing that a policy closes besides', async () => {
  const deny = policy('deny', {
    podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
  });
  const text = documentsOf(
    WEB,
    { ...SAME, spec: { ...SAME.spec, podSelector: { matchLabels: { app: 'web' } } } },
    deny,
    deployment({ name: 'client', mode: undefined }),
  );
  for (const output of ['table', 'json'] as const) {
    const { stdout } = await migrated(text, { output });
    expect(stdout).toContain('keep NetworkPolicy shop/deny: it isolates Deployment client, too');
    expect(stdout).toContain('delete NetworkPolicy shop/old');
  }
});

test('it is told in words and as a document', async () => {
  const text = documentsOf(WEB, SAME);
  const [table, json, yaml] = await Promise.all(
    (['table', 'json', 'yaml'] as const).map((output) => migrated(text, { output, quiet: true })),
  );
  expect(table?.stdout).toContain('Deployment shop/web');
  expect(JSON.parse(json?.stdout ?? '')).toMatchObject({ workloads: [{ name: 'web' }] });
  expect(parse(yaml?.stdout ?? '')).toEqual(JSON.parse(json?.stdout ?? ''));
  expect(table?.stderr).toBe('');
});
