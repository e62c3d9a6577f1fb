import { describe, expect, test } from 'vitest';
import { isScalar, parseDocument } from 'yaml';
import { NotEditableError, OwnNodes, pairOf } from './own-node.ts';

function nodesOf(text: string): OwnNodes {
  return new OwnNodes(parseDocument(text));
}

/** The text of a scalar at a path; undefined where there is none. */
function textAt(text: string, ...path: (string | number)[]): unknown {
  const node = nodesOf(text).at(path);
  return isScalar(node) ? node.value : undefined;
}

describe('a node is found', () => {
  test.each<[string, string, (string | number)[], unknown]>([
    ['by its fields', 'a: {b: 1}', ['a', 'b'], 1],
    ['by its place in a list', 'a: [x, y]', ['a', 1], 'y'],
    ['by a key that is a number there', '8080: x', ['8080'], 'x'],
    ['at no path', 'x', [], 'x'],
    ['below an anchor that nothing repeats', 'a: &a {b: 1}', ['a', 'b'], 1],
    ['beside one that is repeated', 'a: &a 1\nb: *a\nc: 2', ['c'], 2],
  ])('%s', (_how, text, path, expected) => {
    expect(textAt(text, ...path)).toBe(expected);
  });
});

describe('nothing is found', () => {
  test.each<[string, string, (string | number)[]]>([
    ['where there is no such field', 'a: {b: 1}', ['a', 'c']],
    ['below one that is not there', 'a: {b: 1}', ['x', 'y']],
    ['behind the end of a list', 'a: [x]', ['a', 1]],
    ['below a text', 'a: x', ['a', 'b']],
  ])('%s', (_where, text, path) => {
    expect(nodesOf(text).at(path)).toBeUndefined();
  });
});

describe('what stands for several places is refused', () => {
  test.each<[string, string, (string | number)[], string]>([
    ['an alias', 'a: &a {b: 1}\nc: *a', ['c'], '*a'],
    ['what is below an alias', 'a: &a {b: 1}\nc: *a', ['c', 'b'], '*a'],
    ['what an alias repeats', 'a: &a {b: 1}\nc: *a', ['a', 'b'], '&a'],
    ['an alias in a list', 'a: [&x {b: 1}, *x]', ['a', 1], '*x'],
    ['what is repeated in a list', 'a: [&x {b: 1}, *x]', ['a', 0], '&x'],
    ['a text that is repeated', 'a: &a x\nb: *a', ['a'], '&a'],
    ['all of it', '&all {a: {b: [*all]}}', [], '&all'],
  ])('%s', (_what, text, path, name) => {
    const find = () => nodesOf(text).at(path);
    expect(find).toThrow(NotEditableError);
    expect(find).toThrow(`what is written there is shared by ${name}`);
  });
});

test('a field is found by the text of its key, and by nothing but a text', () => {
  const { contents } = parseDocument('{a: 1, [b]: 2}');
  expect(pairOf(contents, 'a')?.value).toMatchObject({ value: 1 });
  expect(pairOf(contents, 'b')).toBeUndefined();
  expect(pairOf(parseDocument('[a]').contents, 'a')).toBeUndefined();
  expect(pairOf(undefined, 'a')).toBeUndefined();
});
