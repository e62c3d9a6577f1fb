import { expect, test } from 'vitest';
import { problemLines } from './tell-input.ts';

const problem = { file: 'web.yaml', message: 'is wrong' };

test.each([
  ['a file', {}, 'web.yaml: is wrong'],
  ['a line', { line: 3 }, 'web.yaml:3: is wrong'],
  ['a column', { line: 3, column: 5 }, 'web.yaml:3:5: is wrong'],
  ['a line that is empty', { line: 3, column: 1, excerpt: ' \t' }, 'web.yaml:3:1: is wrong'],
])('what is known to be in %s is told with it', (_place, fields, expected) => {
  expect(problemLines({ ...problem, ...fields })).toEqual([expected]);
});

test('a line without a column has no mark', () => {
  const lines = problemLines({ ...problem, line: 1, excerpt: 'a: b' });
  expect(lines.slice(1)).toEqual(['    a: b']);
});

const LONG = Array.from({ length: 30 }, (_, index) => `${1_000_000_000 + index}`).join('');

test.each([
  ['short', 'a: b: c', 5],
  ['at its first sign', LONG, 1],
  ['within the first half of an excerpt', LONG, 50],
  ['at the end of the first excerpt', LONG, 100],
  ['in the middle', LONG, 155],
  ['at its end', LONG, 300],
])('the mark stands under what is wrong, where a line is %s', (_what, excerpt, column) => {
  const [, line = '', mark = ''] = problemLines({ ...problem, line: 1, column, excerpt });
  expect(line.length).toBeLessThanOrEqual(104);
  expect(mark.trim()).toBe('^');
  const marked = line.slice(mark.length - 1);
  expect(marked).not.toBe('');
  expect(excerpt.slice(column - 1).startsWith(marked)).toBe(true);
});

test('as much of a long line is shown before what is wrong as behind it', () => {
  const [, line = '', mark = ''] = problemLines({
    ...problem,
    line: 1,
    column: 155,
    excerpt: LONG,
  });
  expect(line.slice(4)).toBe(LONG.slice(104, 204));
  expect(mark).toBe(`${' '.repeat(54)}^`);
});
