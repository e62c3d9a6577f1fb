import { expect, test } from 'vitest';
import {
  anything,
  closed,
  fieldsOf,
  integer,
  listOf,
  mapOf,
  oneOf,
  type Shape,
  text,
  union,
} from './wire-shape.ts';

const PORT = closed({ port: integer, name: text });
const EITHER = union({ port: integer, name: text });

test.each<[string, Shape, unknown, boolean]>([
  ['anything', anything, undefined, true],
  ['a text', text, '', true],
  ['no text', text, 1, false],
  ['an integer', integer, 80, true],
  ['no integer', integer, 80.5, false],
  ['an integer as a text', integer, '80', false],
  ['one of two texts', oneOf('TCP', 'UDP'), 'UDP', true],
  ['none of them', oneOf('TCP', 'UDP'), 'SCTP', false],
  ['a list', listOf(text), ['a', 'b'], true],
  ['an empty list', listOf(text), [], true],
  ['a list with something else', listOf(text), ['a', 1], false],
  ['no list', listOf(text), 'a', false],
  ['a map', mapOf(text), { a: 'b' }, true],
  ['a map with something else', mapOf(text), { a: 'b', c: 1 }, false],
  ['a map with what is absent', mapOf(text), { a: null }, true],
  ['a list for a map', mapOf(text), [], false],
  ['null for a map', mapOf(text), null, false],
  ['a text for a map', mapOf(text), 'a', false],
  ['an object', PORT, { port: 80, name: 'http' }, true],
  ['an object without fields', PORT, {}, true],
  ['an object with what is absent', PORT, { port: 80, name: null, endPort: undefined }, true],
  ['an object with a field of another kind', PORT, { port: '80' }, false],
  ['an object with a field of tomorrow', PORT, { port: 80, endPort: 90 }, false],
  ['a name that every object has', PORT, { constructor: 1 }, false],
  ['a list for an object', PORT, [], false],
  ['nothing for an object', PORT, undefined, false],
  ['one of the fields', EITHER, { port: 80, name: null }, true],
  ['none of the fields', EITHER, {}, false],
  ['both of the fields', EITHER, { port: 80, name: 'http' }, false],
  ['another field', EITHER, { endPort: 90 }, false],
  ['no object', EITHER, 80, false],
])('%s is of a kind that is known: %#', (_what, shape, value, expected) => {
  expect(shape(value)).toBe(expected);
});

test('the fields of an object are those that are set', () => {
  expect(fieldsOf({ a: 0, b: '', c: null, d: undefined, e: false })).toEqual(['a', 'b', 'e']);
  expect(fieldsOf(null)).toEqual([]);
  expect(fieldsOf(undefined)).toEqual([]);
});
