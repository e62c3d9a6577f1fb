import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

/** Those of the page that need no cluster, in its order: `$ portlock …` with what it prints, and lines of shell blocks. */
const shown = [...readme.matchAll(/^```console\n\$ portlock (audit .*)\n([\s\S]*?)^```/gm)].map(
  ([, command = '', printed = '']) => ({ command, printed }),
);
const plain = [...readme.matchAll(/^portlock ((?:render|explain|diff) .*)$/gm)].map(
  ([, command = '']) => command,
);

describe('the commands of the README that need no cluster', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'portlock-readme-'));
    mkdirSync(path.join(folder, 'config'));
    cpSync(path.join(root, 'config/samples'), path.join(folder, 'config/samples'), {
      recursive: true,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function portlock(command: string) {
    const args = [path.join(root, 'src/cli.ts'), ...command.split(' ')];
    const ended = promisify(execFile)(process.execPath, args, { cwd: folder });
    return ended.catch((error: { stdout: string; stderr: string; code: number }) => error);
  }

  test('are there', () => {
    expect([shown.length, plain.length]).toEqual([1, 4]);
  });

  test.each(shown)('$command', async ({ command, printed }) => {
    expect((await portlock(command)).stdout).toBe(printed);
  });

  test('end well, one after the other', async () => {
    for (const command of plain) {
      const ended = await portlock(command);
      expect({ command, ...ended }).not.toHaveProperty('code');
      if (command.startsWith('explain')) expect(ended.stdout).toContain('is closed to everybody');
    }
  });
});
