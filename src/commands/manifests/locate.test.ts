import { expect, test } from 'vitest';
import { lineOf, linesOfEntries } from './locate.ts';

const DOCUMENT = {
  file: 'a.yaml',
  line: 20,
  text: `kind: List
items:
  - kind: Pod
    metadata:
      name: a
    "quoted":
      - 1
      - 2
  # between
  - kind: Pod
    spec: {ports: [80,
      90]}
`,
};

test.each<[string, (string | number)[], number]>([
  ['a document', [0], 20],
  ['a field', [0, 'items'], 21],
  ['an entry, where its first field stands', [0, 'items', 0], 22],
  ['a field of an entry', [0, 'items', 0, 'metadata', 'name'], 24],
  ['a key in quotes', [0, 'items', 0, 'quoted'], 25],
  ['an entry after a comment', [0, 'items', 1], 29],
  ['an entry in brackets', [0, 'items', 1, 'spec', 'ports', 1], 31],
  ['what is not there: the nearest around it', [0, 'items', 0, 'metadata', 'labels', 'a'], 23],
  ['an entry beyond the last: the list', [0, 'items', 2, 'kind'], 21],
  ['a document beyond the last: the first line', [1], 20],
])('%s is found: %j', (_what, path, line) => {
  expect(lineOf(DOCUMENT, path)).toBe(line);
});

test.each<[(string | number)[], number[]]>([
  [
    [0, 'items'],
    [22, 29],
  ],
  [
    [0, 'items', 0, 'quoted'],
    [26, 27],
  ],
  [
    [0, 'items', 1, 'spec', 'ports'],
    [30, 31],
  ],
  [[0, 'kind'], []],
  [[0, 'none'], []],
])('the entries of %j begin on lines %j', (path, lines) => {
  expect(linesOfEntries(DOCUMENT, path)).toEqual(lines);
});
