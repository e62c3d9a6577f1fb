import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installRequired } from '../cluster/packages.ts';

const CLI = path.resolve(import.meta.dirname, '../../src/cli.ts');
const SHELLS = ['bash', 'fish', 'zsh'];
let folder: string;

beforeAll(async () => {
  const required = SHELLS.map((name) => ({ package: name, provides: name }));
  await installRequired(required, (text) => console.error(text), undefined);
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-shells-'));
  const program = path.join(folder, 'portlock');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(path.join(folder, 'deploy.yaml'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(command: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: `${folder}${path.delimiter}${process.env.PATH}`,
    HOME: folder,
    TERM: 'dumb',
  };
  return (await promisify(execFile)(command, args, { env, cwd: folder })).stdout;
}

/** What bash makes of the last word of a line. */
const BASH = `source <(portlock completion bash)
COMP_WORDS=($1); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); COMP_LINE=$1; _portlock
echo "\${COMPREPLY[@]}"`;

/** What fish lists for a line, without the descriptions. */
const FISH = `portlock completion fish | source
complete -C $argv[1] | string split -f 1 \\t
true`;

/** The line as a person sees it after the tab key, in a shell on a terminal of its own. */
const ZSH = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -U compinit; compinit -u -D; source <(portlock completion zsh)'
zpty -w shell 'show() { zle -I; print -r -- "<$BUFFER>" }; zle -N show; bindkey "^X" show; print REA""DY'
zpty -r -m shell said '*READY*'
zpty -w -n shell "$1"$'\\t\\C-x'
zpty -r -m shell said '*<*>*'
print -r -- \${\${said##*<}%%>*}`;

test.each<[string, (line: string) => Promise<string>, Record<string, string>]>([
  [
    'bash',
    (line) => run('bash', '-c', BASH, 'bash', line),
    {
      'portlock expl': 'explain',
      'portlock audit --all': '--all-namespaces',
      // As Readline splits the words of a line.
      'portlock audit --output = j': 'json',
    },
  ],
  [
    'fish',
    (line) => run('fish', '--no-config', '-c', FISH, line),
    {
      'portlock expl': 'explain',
      'portlock audit --all': '--all-namespaces',
      'portlock audit -o ': 'json\ntable\nwide\nyaml',
      'portlock audit -f dep': 'deploy.yaml',
    },
  ],
  [
    'zsh',
    (line) => run('zsh', '-f', '-c', ZSH, 'zsh', line),
    {
      'portlock expl': 'portlock explain',
      'portlock audit --all': 'portlock audit --all-namespaces',
      'portlock audit -f dep': 'portlock audit -f deploy.yaml',
    },
  ],
])('%s completes commands, flags and what follows them', async (_, complete, expected) => {
  for (const [line, completed] of Object.entries(expected))
    expect((await complete(line)).trim(), line).toBe(completed);
});
