import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { COMPLETION_SCRIPTS } from './completion-scripts.ts';

/** What bash offers after these words, where the program answers so: the candidates, and whether files follow. */
function offered(words: string[], answer: string) {
  const script = `
compopt() { echo files "$@"; }
portlock() { printf '%s\\n' "asked: $#" "$@" >&3; printf '%s' "$ANSWER"; }
${COMPLETION_SCRIPTS.bash}
COMP_WORDS=(portlock "$@"); COMP_CWORD=$#
_portlock
printf 'offered: %s\\n' "\${COMPREPLY[@]}"
complete -p portlock`;
  const options = { env: { ANSWER: answer, PATH: process.env.PATH }, encoding: 'utf8' as const };
  const stdio: ('pipe' | 'ignore' | number)[] = ['ignore', 'pipe', 'ignore'];
  const wrapped = ['-c', `exec 3>&1\n${script}`, 'bash', ...words];
  return execFileSync('bash', wrapped, { ...options, stdio })
    .trimEnd()
    .split('\n');
}

describe('bash', () => {
  test('asks the program with every word, the empty last one too, and offers what it says', () => {
    expect(offered(['audit', '-o', ''], 'json\nyaml\tas YAML\n:4\n')).toEqual([
      'asked: 4',
      '__complete',
      'audit',
      '-o',
      '',
      'offered: json',
      'offered: yaml',
      'complete -F _portlock portlock',
    ]);
  });

  test.each([
    ['=', 'j', '--output=j'],
    ['=', undefined, '--output='],
  ])('asks with one word where Readline has %s %s', (sign, value, asked) => {
    const words = ['audit', '--output', sign, value].filter((word) => word !== undefined);
    const said = offered(words, '--output=json\n:4\n');
    expect(said).toContain('asked: 3');
    expect(said).toContain(asked);
    expect(said).toContain('offered: json');
  });

  test('offers all of a word that is one', () => {
    const said = offered(['audit', '--output=j'], '--output=json\n:4\n');
    expect(said).toContain('offered: --output=json');
  });

  test('adds files where the program says that one may follow', () => {
    expect(offered(['fix', 'a'], ':0\n')).toContain('files -o default');
  });

  test('expands nothing of a candidate', () => {
    expect(offered(['a'], '$(echo x) b\n:4\n')).toContain('offered: $(echo x) b');
  });
});

test.each(['zsh', 'fish'] as const)('%s asks the same program for the same answer', (shell) => {
  expect(COMPLETION_SCRIPTS[shell]).toContain('portlock __complete ');
  expect(COMPLETION_SCRIPTS[shell]).toMatch(/:0/);
});
