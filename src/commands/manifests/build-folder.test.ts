import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Buildable, BuildError, buildFolder } from './build-folder.ts';

const PATH = process.env.PATH;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-build-'));
  mkdirSync(path.join(folder, 'bin'));
  process.env.PATH = path.join(folder, 'bin');
});
afterEach(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true });
});

/** A program in PATH. */
function program(name: string, script: string): void {
  const file = path.join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const TELLS = 'echo "$0 $*" | /bin/sed "s#^[^ ]*/##"';
const built = async (name: string, what: Buildable) =>
  Buffer.from(await buildFolder(path.join(folder, name), what)).toString();
const failure = (what: Buildable) =>
  buildFolder(folder, what).catch((error: Error) => {
    expect(error).toBeInstanceOf(BuildError);
    return error.message;
  });

describe('a chart is rendered by helm under the name of its folder', () => {
  test.each([
    ['web', 'web'],
    ['My_Chart.v2', 'my-chart-v2'],
    ['-a-', 'a'],
    ['___', 'release-name'],
    ['a'.repeat(60), 'a'.repeat(53)],
    [`${'a'.repeat(52)}-b`, 'a'.repeat(52)],
  ])('%s as %s', async (name, release) => {
    program('helm', TELLS);
    expect(await built(name, 'chart')).toBe(`helm template ${release} ${folder}/${name}\n`);
  });
});

describe('a kustomization is built', () => {
  test('by kustomize', async () => {
    program('kustomize', TELLS);
    program('kubectl', TELLS);
    expect(await built('k', 'kustomization')).toBe(`kustomize build ${folder}/k\n`);
  });
  test('by kubectl where there is no kustomize', async () => {
    program('kubectl', TELLS);
    expect(await built('k', 'kustomization')).toBe(`kubectl kustomize ${folder}/k\n`);
  });
  test('by nothing else where kustomize fails', async () => {
    program('kustomize', 'exit 1');
    program('kubectl', TELLS);
    expect(await failure('kustomization')).toMatch(/^cannot be built: kustomize: /);
  });
});

test.each<[Buildable, string]>([
  ['chart', 'is a chart, and to build it helm must be in PATH'],
  ['kustomization', 'is a kustomization, and to build it kustomize or kubectl must be in PATH'],
])('without a program for it, a %s cannot be built', async (what, message) => {
  expect(await failure(what)).toBe(message);
});

test('what the program says is told in one line', async () => {
  program('helm', 'echo "  Error:" >&2; echo "	no such" >&2; exit 3');
  expect(await failure('chart')).toBe('cannot be built: helm: Error: no such');
  program('helm', 'exit 3');
  expect(await failure('chart')).toMatch(/^cannot be built: helm: Command failed: helm template /);
});

test('nothing is fetched from anywhere', async () => {
  program('helm', 'echo "$HTTP_PROXY $HTTPS_PROXY [$NO_PROXY] $GIT_ALLOW_PROTOCOL"');
  const nowhere = 'http://127.0.0.1:1';
  expect(await built('web', 'chart')).toBe(`${nowhere} ${nowhere} [] none\n`);
});
