import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { editedFiles, writeEdited } from './edited-files.ts';

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'portlock-edited-')), 'a.yaml');
});
afterEach(() => rmSync(path.dirname(file), { recursive: true }));

/** The file with texts put into documents that begin on these lines. */
function edited(before: string, ...edits: readonly [line: number, offset: number, text: string][]) {
  writeFileSync(file, before);
  const planned = edits.map(([line, offset, text]) => ({
    document: { file, line, text: '' },
    insertion: { offset, text },
  }));
  return editedFiles({ edits: new Map([[file, planned]]), left: [] });
}

test.each<[string, string, Parameters<typeof edited>[1][], string]>([
  ['at the start of the first document', 'a\nb\n', [[1, 0, 'x\n']], 'x\na\nb\n'],
  [
    'into a later document, by its own offset',
    'a\n---\nb\nc\n',
    [[2, 6, 'x\n']],
    'a\n---\nb\nx\nc\n',
  ],
  ['at the end', 'a\n---\nb', [[2, 5, '\nx']], 'a\n---\nb\nx'],
  [
    'several, whose offsets are those of what was there, whatever their order',
    'a\nb\n---\nc\n',
    [
      [1, 2, 'x\n'],
      [3, 4, 'z\n'],
      [1, 0, 'w\n'],
    ],
    'w\na\nx\nb\n---\nz\nc\n',
  ],
])('lines are put in %s', (_where, before, edits, after) => {
  expect(edited(before, ...edits)).toEqual([{ file, before, after }]);
});

test('nothing is written before that is asked for', () => {
  edited('a\n', [1, 0, 'x\n']);
  expect(readFileSync(file, 'utf8')).toBe('a\n');
});

test.each([
  ['keeps the byte order mark that it had', '\ufeffa\n', '\ufeffx\na\n'],
  ['gets none where it had none', 'a\n', 'x\na\n'],
  ['gets none for letters that begin like one', '\uff00\n', 'x\n\uff00\n'],
  ['gets none for others that begin so, too', '\ufec0\n', 'x\n\ufec0\n'],
])('a file that is written %s', (_what, before, after) => {
  for (const each of edited(before, [1, 0, 'x\n'])) writeEdited(each);
  expect(readFileSync(file, 'utf8')).toBe(after);
});

test('without an edit no file is read', () => {
  expect(editedFiles({ edits: new Map(), left: [] })).toEqual([]);
});
