import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ENFORCED_DEPLOYMENT } from './enforced-deployment.ts';

const CLI = path.resolve(import.meta.dirname, '../../src/cli.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-build-'));
  for (const each of ['bin', 'Web_Chart', 'overlay']) mkdirSync(path.join(folder, each));
  // What stands in them as it is can only be read wrongly.
  writeFileSync(path.join(folder, 'Web_Chart/Chart.yaml'), 'name: web\n');
  writeFileSync(path.join(folder, 'Web_Chart/web.yaml'), 'kind: {{ .Values.kind }}\n');
  writeFileSync(path.join(folder, 'overlay/kustomization.yaml'), 'resources: [../base]\n');
  writeFileSync(path.join(folder, 'overlay/patch.yaml'), 'kind: [\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a program in PATH, which does that in the shell. */
function program(name: string, does: string): void {
  const file = path.join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\n${does}\n`);
  chmodSync(file, 0o755);
}
const prints = (name: string) =>
  `echo "$@" > '${folder}/${name}.txt'\ncat <<'END'\n${ENFORCED_DEPLOYMENT}END`;

function portlock(...args: string[]) {
  const env = { PATH: `${path.join(folder, 'bin')}:/usr/bin:/bin` };
  const options = { cwd: folder, encoding: 'utf8', env, maxBuffer: 1e9 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], options);
  return { status, stdout, stderr };
}
const asked = (name: string) =>
  spawnSync('cat', [`${name}.txt`], { cwd: folder, encoding: 'utf8' }).stdout.trim();

test('a chart is what helm makes of it, under a name that a release may have', () => {
  program('helm', prints('helm'));
  const { status, stdout, stderr } = portlock('render', '--build', 'Web_Chart');
  expect([status, stderr]).toEqual([0, '1 workload: 1 policy, 0 held, 0 findings, 0 notes\n']);
  expect(stdout).toContain('name: web-portlock');
  expect(asked('helm')).toBe(`template web-chart ${folder}/Web_Chart`);
});

test('a kustomization is what kustomize makes of it, which counts before kubectl', () => {
  program('kustomize', prints('kustomize'));
  program('kubectl', 'exit 1');
  expect(portlock('audit', '--build', '-f', 'overlay').stdout).toContain('Deployment/web');
  expect(asked('kustomize')).toBe(`build ${folder}/overlay`);
});

test('without kustomize, kubectl does it', () => {
  program('kubectl', prints('kubectl'));
  expect(portlock('audit', '--build', '-f', 'overlay').stdout).toContain('Deployment/web');
  expect(asked('kubectl')).toBe(`kustomize ${folder}/overlay`);
});

test('a program that is not there is named, and everything else is read', () => {
  program('kustomize', prints('kustomize'));
  const { status, stdout, stderr } = portlock('render', '--build', 'Web_Chart', 'overlay');
  expect(stdout).toContain('name: web-portlock');
  expect(stderr).toContain('Web_Chart: is a chart, and to build it helm must be in PATH\n');
  expect(status).toBe(2);
});

test('why a program failed is one line', () => {
  program('helm', 'echo "Error: in\n  two lines" >&2; exit 1');
  const { status, stderr } = portlock('render', '--build', 'Web_Chart');
  expect(stderr).toBe('Web_Chart: cannot be built: helm: Error: in two lines\n');
  expect(status).toBe(2);
});

test('more than is read of a file is not read of a program', () => {
  program('helm', 'exec yes "a: b"');
  expect(portlock('render', '--build', 'Web_Chart').stderr).toBe(
    'Web_Chart: cannot be built: helm: makes more than can be read\n',
  );
});

test('nothing is fetched from anywhere', () => {
  program('kustomize', `env > '${folder}/env.txt'; exit 1`);
  portlock('render', '--build', 'overlay');
  for (const said of ['HTTPS_PROXY=http://127.0.0.1:1', 'NO_PROXY=', 'GIT_ALLOW_PROTOCOL=none'])
    expect(asked('env').split('\n')).toContain(said);
});

test('nothing is run where nobody asks for it', () => {
  for (const name of ['helm', 'kustomize', 'kubectl']) program(name, prints(name));
  portlock('render', 'Web_Chart', 'overlay');
  expect(['helm', 'kustomize', 'kubectl'].map(asked)).toEqual(['', '', '']);
});

test.each([
  [['fix', '--build', 'overlay'], 'what is built cannot be written to: use --patch'],
  [['audit', '--build', '-A'], 'a cluster is not built: name manifests with -f'],
])('%j cannot be', (args, message) => {
  expect(portlock(...args)).toMatchObject({ status: 2, stderr: `portlock: ${message}\n` });
});
