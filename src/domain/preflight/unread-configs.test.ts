import { expect, test } from 'vitest';
import { ANYBODY } from './source.ts';
import { unreadConfigNotes } from './unread-configs.ts';

const note = (...unread: string[][]) =>
  unreadConfigNotes(
    unread.map((each) => ({ port: 80, protocol: 'TCP', user: '', source: ANYBODY, unread: each })),
  );

test('three objects that nobody reads are named, each once, and nothing is said of none', () => {
  expect(note()).toEqual([]);
  expect(note([])).toEqual([]);
  expect(note(['b'], ['a', 'b'])[0]).toMatch(/not read: a, b$/);
  expect(note(['a', 'b', 'c', 'd', 'e'])[0]).toMatch(/not read: a, b, c and 2 more$/);
});
