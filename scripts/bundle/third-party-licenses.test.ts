import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packagesOf } from './bundled-package.ts';
import { textsOf } from './third-party-licenses.ts';

describe('the licence of a package', () => {
  let modules: string;
  beforeAll(() => {
    modules = path.join(mkdtempSync(path.join(tmpdir(), 'portlock-licences-')), 'node_modules');
  });
  afterAll(() => rmSync(path.dirname(modules), { recursive: true }));

  function packageOf(name: string, about: object, files: Record<string, string>) {
    const folder = path.join(modules, name);
    mkdirSync(folder, { recursive: true });
    const packageJson = JSON.stringify({ name, version: '1.0.0', ...about });
    for (const [file, text] of Object.entries({ ...files, 'package.json': packageJson }))
      writeFileSync(path.join(folder, file), text);
    const [found] = packagesOf([path.join(folder, 'lib/index.js')]);
    if (!found) throw new Error('no package');
    return found;
  }

  test.each<[string, object, Record<string, string>, string]>([
    [
      'files',
      { license: 'MIT' },
      { 'LICENSE.md': 'May\r\nbe used\n', NOTICE: 'By A\n', 'index.js': '' },
      'May\nbe used\n\nBy A',
    ],
    [
      'a chapter of its README',
      { license: 'MIT' },
      { 'README.md': '# a\n\nLicense\n-------\n\nMay be used\n' },
      'License\n-------\n\nMay be used',
    ],
    [
      'its package.json',
      { license: 'MIT', author: { name: 'A' } },
      {},
      'The package has no text of it. Its package.json names MIT, and A as the author.',
    ],
  ])('what is said in %s is taken', (what, about, files, text) => {
    expect(textsOf(packageOf(what.replaceAll(/\W/g, ''), about, files))).toBe(text);
  });

  test('that names no licence, nothing is built', () => {
    expect(() => textsOf(packageOf('none', {}, {}))).toThrow('none@1.0.0 names no licence');
  });
});
