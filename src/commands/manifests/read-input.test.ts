import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Build, BuildError } from './build-folder.ts';
import { readInput } from './read-input.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-input-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;

/** Files by name, each with a Pod of that name where nothing else is given. */
function put(...names: readonly (string | [string, string])[]): void {
  for (const each of names) {
    const [name, text] =
      typeof each === 'string' ? [each, pod(each.replace(/[^a-z]/gi, ''))] : each;
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

interface Given {
  paths?: readonly string[];
  stdin?: readonly string[];
  build?: Build | undefined;
}

/** What is read, with names relative to the folder. */
async function read({ paths = ['.'], stdin = [], build }: Given = {}) {
  async function* input() {
    for (const each of stdin) yield Buffer.from(each);
  }
  const given = paths.map((each) => (each === '-' ? each : path.join(folder, each)));
  const { manifests, problems, notes } = await readInput(given, input(), build);
  const short = (text: string) => text.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
  return {
    files: manifests.map(({ file }) => short(file)),
    problems: problems.map(({ file, message }) => short(`${file}: ${message}`)),
    notes: notes.map(short),
  };
}

describe('read are', () => {
  test.each<[string, string[], string[], string[]]>([
    [
      'the files of a folder by name, and all below it',
      ['b.yaml', 'a.yml', 'c/d/e.json', 'Z.YAML'],
      ['.'],
      ['Z.YAML', 'a.yml', 'b.yaml', 'c/d/e.json'],
    ],
    ['no files of other endings', ['a.yaml', 'b.txt', 'c.yaml.bak', 'yaml'], ['.'], ['a.yaml']],
    ['no folders that are hidden', ['.git/a.yaml', 'a/.b/c.yaml', 'a/d.yaml'], ['.'], ['a/d.yaml']],
    ['files that are hidden', ['.a.yaml'], ['.'], ['.a.yaml']],
    ['a file that is named, whatever its ending', ['a.txt'], ['a.txt'], ['a.txt']],
    ['a hidden folder that is named', ['.a/b.yaml'], ['.a'], ['.a/b.yaml']],
    [
      'several paths in their order',
      ['a.yaml', 'b.yaml'],
      ['b.yaml', 'a.yaml'],
      ['b.yaml', 'a.yaml'],
    ],
  ])('%s', async (_which, files, paths, expected) => {
    put(...files);
    expect(await read({ paths })).toEqual({ files: expected, problems: [], notes: [] });
  });

  test('what links lead to, of files and not of folders', async () => {
    put('a/one.yaml');
    symlinkSync('a/one.yaml', path.join(folder, 'link.yaml'));
    symlinkSync('a', path.join(folder, 'b.yaml'));
    symlinkSync('nowhere', path.join(folder, 'c.yaml'));
    expect((await read()).files).toEqual(['a/one.yaml', 'link.yaml']);
  });

  test('stdin, in however many pieces it comes', async () => {
    const text = pod('a');
    const stdin = [text.slice(0, 9), text.slice(9)];
    expect(await read({ paths: ['-'], stdin })).toEqual({ files: ['-'], problems: [], notes: [] });
  });
});

describe('what cannot be read is a problem of its file, and the rest is read', () => {
  test.each<[string, [string, string] | undefined, string, string]>([
    ['a path that is not there', undefined, 'gone', 'gone: there is no such file or folder'],
    ['what is binary', ['x.yaml', 'a\0'], 'x.yaml', 'x.yaml: is binary, not text'],
    [
      'a path through a file',
      ['x.yaml', pod('x')],
      'x.yaml/y',
      'x.yaml/y: cannot be read: ENOTDIR',
    ],
  ])('%s', async (_what, file, named, message) => {
    put('a.yaml', ...(file ? [file] : []));
    const { files, problems } = await read({ paths: [named, 'a.yaml'] });
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(files).toContain('a.yaml');
  });

  test.each(['EACCES', 'EPERM'])('what the user may not read: %s', async (code) => {
    put('Chart.yaml', 'a.yaml');
    const build = () => Promise.reject(Object.assign(new Error('no'), { code }));
    const { problems } = await read({ build });
    expect(problems).toEqual([expect.stringContaining('you are not allowed to read it')]);
  });

  test('stdin, too', async () => {
    expect((await read({ paths: ['-'], stdin: ['\0'] })).problems).toEqual([
      '-: is binary, not text',
    ]);
  });

  test('what is no fault of a file is none', async () => {
    put('Chart.yaml');
    const build = () => Promise.reject(new RangeError('of ours'));
    await expect(read({ build })).rejects.toThrow('of ours');
  });
});

test('an empty path is not the folder that one is in', async () => {
  await expect(readInput(['', 'a.yaml'], process.stdin, undefined)).rejects.toThrow(
    'a path is empty',
  );
});

describe('a chart', () => {
  test('is not read as it is', async () => {
    put('c/Chart.yaml', 'c/templates/web.yaml', 'a.yaml');
    expect(await read()).toEqual({
      files: ['a.yaml'],
      problems: ['c: is a chart: render it first (helm template c | portlock … -), or use --build'],
      notes: [],
    });
  });

  test('is one although it is a kustomization, too', async () => {
    put('kustomization.yaml', 'Chart.yaml');
    expect((await read()).problems).toEqual([expect.stringContaining('is a chart')]);
  });
});

describe('a kustomization', () => {
  test.each(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])(
    '%s is said, and what is beside it is read',
    async (name) => {
      put([name, 'resources: []\n'], 'a.yaml');
      expect(await read()).toEqual({
        files: ['a.yaml'],
        problems: [],
        notes: [
          '. is a kustomization, and its files are read as they are: for what it makes of them, kustomize build . | portlock … -, or --build',
        ],
      });
    },
  );

  test.each(['my-kustomization.yaml', 'Kustomization.txt'])('%s is none', async (name) => {
    put(name);
    expect((await read()).notes).toEqual([]);
  });
});

describe('what makes a folder one is no manifest where it is named itself', () => {
  test('of a chart, without which nothing of it is read', async () => {
    put('c/Chart.yaml', 'a.yaml');
    expect(await read({ paths: ['c/Chart.yaml', 'a.yaml'] })).toEqual({
      files: ['a.yaml'],
      problems: ['c/Chart.yaml: is no manifest, but of a chart: name its folder, c'],
      notes: [],
    });
  });

  test('of a kustomization, beside which all may be named', async () => {
    put(['c/kustomization.yaml', 'resources: []\n'], 'a.yaml');
    expect(await read({ paths: ['c/kustomization.yaml', 'a.yaml'] })).toEqual({
      files: ['a.yaml'],
      problems: [],
      notes: ['c/kustomization.yaml is no manifest, but of a kustomization: name its folder, c'],
    });
  });
});

describe('what is built', () => {
  test.each<[string, string]>([
    ['Chart.yaml', 'chart'],
    ['kustomization.yaml', 'kustomization'],
  ])('of %s stands in the place of its folder', async (name, what) => {
    put(`c/${name}`, 'c/left.yaml', 'z.yaml');
    const asked: string[] = [];
    const build: Build = async (where, kind) => {
      asked.push(`${path.basename(where)} ${kind}`);
      return Buffer.from(`${pod('one')}---\n${pod('two')}`);
    };
    expect((await read({ build })).files).toEqual(['c', 'c', 'z.yaml']);
    expect(asked).toEqual([`c ${what}`]);
  });

  test('is nothing of other folders', async () => {
    put('a.yaml');
    const build: Build = () => Promise.reject(new BuildError('was asked for'));
    expect(await read({ build })).toEqual({ files: ['a.yaml'], problems: [], notes: [] });
  });

  test('and cannot be is a problem of its folder', async () => {
    put('c/Chart.yaml', 'a.yaml');
    const build: Build = () => Promise.reject(new BuildError('cannot be built: helm: no'));
    expect(await read({ build })).toEqual({
      files: ['a.yaml'],
      problems: ['c: cannot be built: helm: no'],
      notes: [],
    });
  });
});
