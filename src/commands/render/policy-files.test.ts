import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { policy, workload } from '../../testing/builders.ts';
import {
  fileName,
  fileText,
  isRendered,
  readPolicyFiles,
  removePolicyFiles,
  writePolicyFiles,
} from './policy-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-policies-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);
function put(name: string, text: string): void {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}
const all = () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

describe('a file that render writes', () => {
  test('says so in its first line, and is known by it', () => {
    const text = fileText(policy('web-portlock'));
    expect(text).toMatch(/^# Rendered by portlock; what is edited here is lost .*\n/);
    expect(text).toContain('\n  name: web-portlock\n');
    expect(isRendered(text)).toBe(true);
  });

  test.each([
    ['with something before that line', (text: string) => `\n${text}`],
    ['without that line', (text: string) => text.replace(/^.*\n/, '')],
    ['whose first line was edited', (text: string) => text.replace('lost', 'kept')],
    ['that is empty', () => ''],
  ])('is no other: one %s', (_what, change) => {
    expect(isRendered(change(fileText(policy('web-portlock'))))).toBe(false);
  });

  test.each([
    ['in a folder of its namespace', true, 'shop/web-portlock.yaml'],
    ['in none where its workload says no namespace', false, 'web-portlock.yaml'],
  ])('is %s', (_where, hasNamespace, name) => {
    expect(fileName({ value: workload(), hasNamespace } as Parameters<typeof fileName>[0])).toBe(
      name,
    );
  });

  test('is another for a workload of another kind and the same name', () => {
    const nameOf = (kind: string) =>
      fileName({ value: workload({ kind } as object), hasNamespace: true } as Parameters<
        typeof fileName
      >[0]);
    expect(nameOf('StatefulSet')).not.toBe(nameOf('Deployment'));
  });
});

describe('the files of a folder', () => {
  test('are all YAML files below it, by name, with their texts', async () => {
    put('a.yaml', 'a');
    put('shop/deep/b.yaml', 'b');
    expect(await readPolicyFiles(folder)).toEqual(
      new Map([
        ['a.yaml', 'a'],
        ['shop/deep/b.yaml', 'b'],
      ]),
    );
  });

  test('are none of another ending, no folders, and no links', async () => {
    put('a.yml', 'a');
    put('README', 'a');
    mkdirSync(at('folder.yaml'));
    symlinkSync('README', at('link.yaml'));
    expect([...(await readPolicyFiles(folder)).keys()]).toEqual([]);
  });

  test('are none where there is no folder yet', async () => {
    expect(await readPolicyFiles(at('not-yet'))).toEqual(new Map());
  });

  test('cannot be read of what is no folder', async () => {
    put('file', '');
    await expect(readPolicyFiles(at('file'))).rejects.toThrow('ENOTDIR');
  });
});

test('files are written with the folders that they need, and what is as it should be stays untouched', async () => {
  put('same.yaml', 'same');
  put('old.yaml', 'old');
  utimesSync(at('same.yaml'), 1, 1);
  const before = await readPolicyFiles(folder);
  const files = { 'same.yaml': 'same', 'old.yaml': 'new', 'shop/deep/b.yaml': 'b' };
  await writePolicyFiles(folder, new Map(Object.entries(files)), before);
  for (const [name, text] of Object.entries(files))
    expect(readFileSync(at(name), 'utf8')).toBe(text);
  expect(statSync(at('same.yaml')).mtimeMs).toBe(1_000);
});

test('only the files that are named are removed', async () => {
  put('a.yaml', 'a');
  put('b.yaml', 'b');
  put('shop/c.yaml', 'c');
  await removePolicyFiles(folder, ['a.yaml', 'shop/c.yaml']);
  expect(all()).toEqual(['b.yaml', 'shop']);
});
