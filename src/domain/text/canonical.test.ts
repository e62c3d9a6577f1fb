import { expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';

test.each<[string, unknown, string]>([
  ['keys in whatever order', { b: 1, a: { d: 2, c: 3 } }, '{"a":{"c":3,"d":2},"b":1}'],
  ['keys that are in order', { a: 1, b: 2, c: 3 }, '{"a":1,"b":2,"c":3}'],
  ['fields that are undefined', { a: undefined, b: null }, '{"b":null}'],
  ['lists in their order', [{ b: 1, a: 2 }, 'x', null], '[{"a":2,"b":1},"x",null]'],
  [
    'keys that objects have by themselves',
    JSON.parse('{"__proto__":{"b":1}}'),
    '{"__proto__":{"b":1}}',
  ],
])('the same text for the same meaning: %s', (_what, value, text) => {
  expect(canonicalJson(value)).toBe(text);
});
