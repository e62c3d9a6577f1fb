import { expect, test } from 'vitest';
import { newlines, splitDocuments } from './split-documents.ts';

test.each<[string, string, [line: number, text: string][]]>([
  ['no document', '', []],
  ['blanks and comments alone', '\n# a\n  # b\n \t\n', []],
  ['a marker alone', '---', []],
  ['markers with nothing between', '---\n---\n# a\n---\r\n', []],
  ['a directive and an end alone', '%YAML 1.2\n---\n...\n', []],
  ['a document without a marker', 'a: 1\n', [[1, 'a: 1\n']]],
  [
    'two documents',
    'a: 1\n---\nb: 2\n',
    [
      [1, 'a: 1\n'],
      [2, '---\nb: 2\n'],
    ],
  ],
  ['what stands behind a marker', '--- {a: 1}\n', [[1, '--- {a: 1}\n']]],
  ['a comment behind a marker', '--- # a\nb: 2', [[1, '--- # a\nb: 2']]],
  [
    'lines that end as on Windows',
    'a: 1\r\n---\r\nb: 2\r\n',
    [
      [1, 'a: 1\r\n'],
      [2, '---\r\nb: 2\r\n'],
    ],
  ],
  [
    'an empty one between',
    'a: 1\n---\n\n# none\n---\nb: 2',
    [
      [1, 'a: 1\n'],
      [5, '---\nb: 2'],
    ],
  ],
  [
    'JSON objects one after the other',
    '\n{"a": "}{\\""}\n{\n"b": {}} {"c": 3}\n',
    [
      [2, '{"a": "}{\\""}'],
      [3, '{\n"b": {}}'],
      [4, '{"c": 3}'],
    ],
  ],
  ['one object alone, with a text like two', '{"a": "}{"}\n', [[1, '{"a": "}{"}\n']]],
  ['objects of which one is broken', '{"a": 1}\n{"b": \n', [[1, '{"a": 1}\n{"b": \n']]],
  ['objects and something else', '{"a": 1} {}\nb: 1', [[1, '{"a": 1} {}\nb: 1']]],
  ['a longer line of dashes', '----\na: 1\n', [[1, '----\na: 1\n']]],
  ['a key that begins so', '---a: 1\n', [[1, '---a: 1\n']]],
  ['dashes that are indented', 'a: |\n  ---\n  b\n', [[1, 'a: |\n  ---\n  b\n']]],
  ['a list alone, which no key tells', '- 1\n- 2\n', [[1, '- 1\n- 2\n']]],
  ['a tab behind a marker', '---\ta\n', [[1, '---\ta\n']]],
])('%s', (_what, text, expected) => {
  const found = splitDocuments('web.yaml', text);
  expect(found.map((each) => [each.line, each.text])).toEqual(expected);
  for (const { file } of found) expect(file).toBe('web.yaml');
});

test.each([
  ['', undefined, 0],
  ['a', undefined, 0],
  ['\n', undefined, 1],
  ['a\n\nb\n', undefined, 3],
  ['a\n\nb\n', 1, 0],
  ['a\n\nb\n', 2, 1],
  ['a\n\nb\n', 3, 2],
])('in %j up to %s there are %d line ends', (text, end, expected) => {
  expect(newlines(text, end)).toBe(expected);
});
