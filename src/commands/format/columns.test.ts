import { expect, test } from 'vitest';
import { columns } from './columns.ts';

const table = (header: string[], ...rows: string[][]) =>
  columns(
    header,
    rows.map((row) => row.map((text) => ({ text }))),
  ).split('\n');

test('each column is as wide as its longest text', () => {
  expect(table(['A', 'LONG', 'C'], ['abc', 'x', '1'], ['', 'y', '22'])).toEqual([
    'A     LONG   C',
    'abc   x      1',
    '      y      22',
    '',
  ]);
});

test('no line has blanks at its end', () => {
  expect(table(['A', 'B', 'C'], ['a', '', ''], ['', '', ''], ['a', '', 'c'])).toEqual([
    'A   B   C',
    'a',
    '',
    'a       c',
    '',
  ]);
});

test('a header alone is a table', () => {
  expect(table(['A', 'B'])).toEqual(['A   B', '']);
});

test('colours take no room', () => {
  const paint = (text: string) => `<${text}>`;
  expect(
    columns(
      ['A', 'B'],
      [
        [{ text: 'a', paint }, { text: 'b' }],
        [{ text: 'aa' }, { text: 'b' }],
      ],
    ),
  ).toBe('A    B\n<a>    b\naa   b\n');
});

test('a text stays on its line and does nothing to a terminal, and is as wide as it shows', () => {
  expect(table(['A', 'B'], ['a\nb', '1'], ['\u001b[2J', '2'])).toEqual([
    'A         B',
    'a\\nb      1',
    '\\x1b[2J   2',
    '',
  ]);
});
