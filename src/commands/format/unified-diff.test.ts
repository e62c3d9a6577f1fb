import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../testing/property-runs.ts';
import { unifiedDiff } from './unified-diff.ts';

test.each<[string, string, string, string]>([
  ['the same', 'a\n', 'a\n', ''],
  ['a text that goes', 'a\n', '', '--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n'],
  ['a new text', '', 'a\nb\n', '--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n'],
  [
    'a changed line',
    'a\nb\nc\n',
    'a\nB\nc\n',
    '--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
  ],
  [
    'a last line without its end',
    'a',
    'a\n',
    '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n',
  ],
  [
    'places that are far apart',
    '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
    '0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n',
    '--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -7,3 +8,4 @@\n 7\n 8\n 9\n+10\n',
  ],
])('%s', (_what, before, after, expected) => {
  expect(unifiedDiff('x', before, after)).toBe(expected);
});

test('git makes the one text of the other by it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'portlock-diff-'));
  const file = path.join(folder, 'x');
  const line = fc.constantFrom('a\n', 'b\n', ' c\n', '\n', '-d\n');
  const text = fc.array(line, { minLength: 1, maxLength: 15 }).map((lines) => lines.join(''));
  try {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = unifiedDiff('x', before, after);
        fc.pre(diff !== '');
        writeFileSync(file, before);
        const git = ['apply', '--unidiff-zero', '--whitespace=nowarn', '-'];
        execFileSync('git', git, { cwd: folder, input: diff, stdio: ['pipe', 'ignore', 'pipe'] });
        expect(readFileSync(file, 'utf8')).toBe(after);
      }),
      runs(8),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
