import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const CLI = path.resolve(import.meta.dirname, '../../src/cli.ts');
let folder: string;

/** As npm installs the names of one program. */
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-plugin-'));
  for (const name of ['kubectl-portlock', 'kubectl_complete-portlock'])
    symlinkSync(CLI, path.join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function runAs(name: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [path.join(folder, name), ...args])).stdout;
}

describe('the plugin of kubectl', () => {
  test('is the same program under the name by which it is called', async () => {
    expect(await runAs('kubectl-portlock', 'audit', '--help')).toMatch(
      /^Usage: kubectl portlock audit /,
    );
  });

  test('tells kubectl what may follow', async () => {
    expect(await runAs('kubectl_complete-portlock', 'audit', '-o', 'j')).toBe('json\n:4\n');
    expect(await runAs('kubectl_complete-portlock', 'audit', '-f', '')).toBe(':0\n');
  });
});
