import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { policy } from '../testing/builders.ts';
import { MANIFESTS, NOT_LIVE } from '../testing/command-flags.ts';
import { saidBy } from '../testing/command-streams.ts';
import { deployment } from '../testing/deployments.ts';
import { CILIUM_POLICY } from '../testing/other-policies.ts';
import { documentsOf } from '../testing/read-texts.ts';
import { type DiffFlags, runDiff } from './diff.ts';

const never = new AbortController().signal;

function diffed(text: string, given: Partial<DiffFlags> = {}) {
  const flags: DiffFlags = {
    ...MANIFESTS,
    ...NOT_LIVE,
    paths: ['-'],
    all: false,
    output: 'json',
    ...given,
  };
  return saidBy((streams) => runDiff(flags, streams, never), text);
}

const WEB = deployment();
const OWN = policy('web-portlock', {
  podSelector: { matchLabels: { app: 'web' } },
  ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }] }],
});
const OFF = deployment({ name: 'off', mode: undefined });

describe('a diff ends', () => {
  const broken = { kind: 'x' };
  test.each<[string, readonly object[], number, string]>([
    ['with 0 where nothing changes', [WEB, OWN], 0, '1 workload, 0 of them change\n'],
    ['with 1 where something does', [WEB, OFF], 1, '2 workloads, 1 of them change\n'],
    [
      'with 2 where nobody can tell what',
      [deployment({ annotations: { 'portlock.dev/allow-from': 'any' } }), CILIUM_POLICY],
      2,
      '1 workload, 1 of them change\n',
    ],
    [
      'with 2 where something could not be read',
      [WEB, OWN, broken],
      2,
      '-:5: apiVersion is missing, or no text\n1 workload, 0 of them change\n',
    ],
  ])('%s', async (_how, objects, exitCode, stderr) => {
    expect(await diffed(documentsOf(...objects))).toMatchObject({ exitCode, stderr });
  });

  test('with 2 and without a count where there is no workload', async () => {
    const { stderr, exitCode } = await diffed(documentsOf(OWN));
    expect(stderr).toMatch(/^There is no workload in what was read: [^\n]*\n$/);
    expect(exitCode).toBe(2);
  });
});

test('only workloads that change are told, and with --all those that did not opt in, too', async () => {
  const names = async (given: Partial<DiffFlags>) =>
    JSON.parse((await diffed(documentsOf(WEB, OWN, OFF), given)).stdout).workloads.map(
      ({ name }: { name: string }) => name,
    );
  expect(await names({})).toEqual([]);
  expect(await names({ all: true })).toEqual(['off']);
});

test('it is told in words, as a patch, and as a document', async () => {
  const text = documentsOf(WEB);
  const [table, unified, json, yaml] = await Promise.all(
    (['table', 'unified', 'json', 'yaml'] as const).map((output) => diffed(text, { output })),
  );
  expect(table?.stdout).toMatch(/^Deployment shop\/web \(-:1\): web-portlock would be new\n/);
  expect(unified?.stdout).toMatch(/^--- .*\n\+\+\+ .*\n@@ /);
  expect(parse(yaml?.stdout ?? '')).toEqual(JSON.parse(json?.stdout ?? ''));
});

test('quiet it says nothing more', async () => {
  expect((await diffed(documentsOf(WEB), { quiet: true })).stderr).toBe('');
});

test.each<[string, Partial<DiffFlags>]>([
  ['all namespaces', { allNamespaces: true }],
  ['a kubeconfig', { kubeconfig: 'x' }],
  ['a context', { context: 'x' }],
  ['another user', { as: 'x' }],
])('%s are of a cluster, which only --live reads', async (_what, flags) => {
  await expect(diffed(documentsOf(WEB), flags)).rejects.toThrow(
    'only --live reads a cluster: add it',
  );
});

test.each<[string, Partial<DiffFlags>, string]>([
  [
    'a cluster that is built',
    { live: true, build: true, paths: [] },
    'a cluster is not built: name manifests',
  ],
  [
    'all namespaces of manifests',
    { live: true, allNamespaces: true },
    'manifests say where they are: drop -A, or the paths',
  ],
])('there is no such thing as %s', async (_what, flags, message) => {
  await expect(diffed(documentsOf(WEB), flags)).rejects.toThrow(message);
});
