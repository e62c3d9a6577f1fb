import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const CLI = path.resolve(import.meta.dirname, '../../src/cli.ts');
let folder: string;

/** As npm installs the names of one program. */
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-plugin-'));
  for (const name of ['kubectl-portlock', 'kubectl_complete-portlock'])
    symlinkSync(CLI, path.join(folder, name));
  const program = path.join(folder, 'portlock');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(program, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, ...args: string[]): Promise<string> {
  const env = { PATH: `${folder}${path.delimiter}${process.env.PATH}` };
  return new Promise((resolve, reject) => {
    execFile(command, args, { env }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}

const runAs = (name: string, ...args: string[]) =>
  run(process.execPath, path.join(folder, name), ...args);

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

test('bash completes commands and flags', async () => {
  const complete = (...words: string[]) =>
    run(
      'bash',
      '-c',
      `source <(portlock completion bash); COMP_WORDS=(portlock "$@"); COMP_CWORD=$#; _portlock; echo "\${COMPREPLY[@]}"`,
      'bash',
      ...words,
    );
  expect(await complete('expl')).toBe('explain\n');
  expect(await complete('audit', '--all')).toBe('--all-namespaces\n');
});

test.each(['bash', 'zsh', 'fish'])('%s has a script', async (shell) => {
  expect(await run('portlock', 'completion', shell)).toContain('portlock __complete');
});
