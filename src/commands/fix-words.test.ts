import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MANIFESTS } from '../testing/command-flags.ts';
import { saidBy } from '../testing/command-streams.ts';
import { deployment } from '../testing/deployments.ts';
import { documentsOf, serviceTo } from '../testing/read-texts.ts';
import { type FixFlags, runFix } from './fix.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-fix-words-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A Deployment that lacks 9090 in the container app, which a line more declares. */
function lacking(name = 'web', container = '- name: app'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        ${container}
`;
}

const SERVICE = documentsOf(serviceTo(9090));
const LACKING = `${lacking()}---\n${SERVICE}`;
/** What no line more can mend. */
const BY_HAND = `${lacking('web', '- {name: app}')}---\n${SERVICE}`;
const CLEAN = documentsOf(deployment(), serviceTo(8080));

/** Writes texts to files a.yaml, b.yaml …, and tells what a fix of them says, without their folder. */
async function fixed(texts: readonly string[], flags: Partial<FixFlags> = {}) {
  for (const [index, text] of texts.entries())
    writeFileSync(path.join(folder, `${'abc'[index]}.yaml`), text);
  const given = { ...MANIFESTS, dryRun: false, patch: false, ...flags, paths: [folder] };
  const said = await saidBy((streams) => runFix(given, streams));
  return { ...said, stderr: said.stderr.replaceAll(`${folder}/`, '') };
}

const HAND =
  'a.yaml:1: Deployment shop/web: declare 9090/TCP in container app by hand: the container is not written with a line for each field\n';

/** Nothing tells which of two listens. */
const OF_TWO = `${lacking('web', '- name: app\n        - name: other')}---\n${SERVICE}`;
const WHICH =
  'a.yaml:1: Deployment shop/web: declare 9090/TCP by hand, in the one of its containers that listens: app, other\n';

describe('a fix says how much it did, and ends by what is left', () => {
  test.each<[string, string[], Partial<FixFlags>, string, number]>([
    ['nothing to do', [CLEAN], {}, '0 containers in 0 files changed, 0 left\n', 0],
    ['all done', [LACKING], {}, '1 container in 1 file changed, 0 left\n', 0],
    [
      'in several files',
      [`${lacking('web')}---\n${lacking('api')}`, lacking('db'), SERVICE],
      {},
      '3 containers in 2 files changed, 0 left\n',
      0,
    ],
    ['left to a person', [BY_HAND], {}, `${HAND}0 containers in 0 files changed, 1 left\n`, 1],
    [
      'left, as nobody knows in which container',
      [OF_TWO],
      {},
      `${WHICH}0 containers in 0 files changed, 1 left\n`,
      1,
    ],
    ['left so, and no patch either', [OF_TWO], { patch: true }, WHICH, 1],
    ['quiet, what is left is told', [BY_HAND], { quiet: true }, HAND, 1],
    ['quiet, no more is said', [LACKING], { quiet: true }, '', 0],
    [
      'a dry run with something to do',
      [LACKING],
      { dryRun: true },
      '1 container in 1 file would be changed, 0 left\n',
      1,
    ],
    [
      'a dry run with nothing to do',
      [CLEAN],
      { dryRun: true },
      '0 containers in 0 files would be changed, 0 left\n',
      0,
    ],
    ['a patch of nothing', [CLEAN], { patch: true }, '', 0],
    [
      'a patch of something',
      [LACKING],
      { patch: true },
      'Deployment shop/web: declare 9090/TCP in container app\n',
      1,
    ],
    ['a patch, quiet', [LACKING], { patch: true, quiet: true }, '', 1],
  ])('%s', async (_what, texts, flags, stderr, exitCode) => {
    const said = await fixed(texts, flags);
    expect({ stderr: said.stderr, exitCode: said.exitCode }).toEqual({ stderr, exitCode });
  });

  test('what cannot be read outweighs what was done, and what is left', async () => {
    const broken = 'kind: [\n';
    expect((await fixed([broken, CLEAN])).exitCode).toBe(2);
    expect((await fixed([broken, BY_HAND])).exitCode).toBe(2);
    expect((await fixed([broken, LACKING], { patch: true })).exitCode).toBe(2);
    // The other file is mended all the same.
    await fixed([broken, LACKING]);
    expect(readFileSync(path.join(folder, 'b.yaml'), 'utf8')).toContain('containerPort: 9090');
  });
});

test('a dry run shows a line of the file that is not printed as it is, escaped', async () => {
  const { stdout } = await fixed(
    [LACKING.replace('- name: app', '- name: app # \u009b2J \u{1f680}')],
    {
      dryRun: true,
    },
  );
  expect(stdout).toContain('         - name: app # \\x9b2J \u{1f680}\n');
  expect(stdout).toContain('+          ports:\n+            - containerPort: 9090\n');
});

describe('a patch', () => {
  const patched = async (...objects: readonly object[]) =>
    (await fixed([documentsOf(...objects)], { patch: true })).stdout;
  const web = deployment({ ports: [] });
  const withSpec = (spec: object, metadata: object = web.metadata) => ({
    ...web,
    metadata,
    spec: { ...web.spec, template: { ...web.spec.template, spec } },
  });

  test('is one for each workload, with all ports of a container', async () => {
    const ports = [
      { name: 'a', port: 1, targetPort: 9090 },
      { name: 'b', port: 53, protocol: 'UDP' },
    ];
    const api = { ...web, metadata: { ...web.metadata, name: 'api' } };
    const patch = (name: string) =>
      `---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          ports:\n            - containerPort: 53\n              protocol: UDP\n            - containerPort: 9090\n              protocol: TCP\n`;
    expect(await patched(web, api, serviceTo(9090, { ports }))).toBe(patch('web') + patch('api'));
  });

  test('says no namespace where the manifest says none', async () => {
    const service = { ...serviceTo(9090), metadata: { name: 'web' } };
    const stdout = await patched(
      withSpec({ containers: [{ name: 'app' }] }, { name: 'web' }),
      service,
    );
    expect(stdout).toContain('metadata:\n  name: web\nspec:');
  });

  test('of a CronJob is about its template, where that is', async () => {
    const sidecar = {
      name: 'proxy',
      restartPolicy: 'Always',
      readinessProbe: { httpGet: { port: 9901 } },
    };
    const spec = { initContainers: [sidecar], containers: [{ name: 'app' }] };
    const template = { metadata: { labels: { app: 'web' } }, spec };
    const cronJob = {
      ...web,
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: { jobTemplate: { spec: { template } } },
    };
    expect(await patched(cronJob)).toContain(
      'spec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          initContainers:\n            - name: proxy\n',
    );
  });

  test('declares in a native sidecar what is to be declared there, and takes no container away', async () => {
    const probe = { httpGet: { port: 9901 } };
    const sidecar = { name: 'proxy', restartPolicy: 'Always', readinessProbe: probe };
    const app = { name: 'app', readinessProbe: { httpGet: { port: 9090 } } };
    const stdout = await patched(withSpec({ initContainers: [sidecar], containers: [app] }));
    const entry = (name: string, port: number) =>
      `        - name: ${name}\n          ports:\n            - containerPort: ${port}\n              protocol: TCP\n`;
    const both = `      containers:\n${entry('app', 9090)}      initContainers:\n${entry('proxy', 9901)}`;
    expect(stdout).toContain(both);
    const alone = await patched(
      withSpec({ initContainers: [sidecar], containers: [{ name: 'app' }] }),
    );
    expect(alone).toContain('initContainers:');
    expect(alone).not.toContain(' containers:');
  });
});

test.each<[string, Partial<FixFlags>, string[]]>([
  ['what comes from stdin', {}, ['a.yaml', '-']],
  ['what is built', { build: true }, ['a.yaml']],
])('%s cannot be written to, only patched', async (what, flags, paths) => {
  const given = { ...MANIFESTS, dryRun: false, patch: false, ...flags, paths };
  const failed = saidBy((streams) => runFix(given, streams));
  await expect(failed).rejects.toThrow(`${what} cannot be written to: use --patch`);
  const patched = await saidBy(
    (streams) => runFix({ ...given, patch: true, paths: ['-'] }, streams),
    CLEAN,
  );
  expect(patched.exitCode).toBe(0);
});
