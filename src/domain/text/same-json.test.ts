import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../testing/property-runs.ts';
import { canonicalJson } from './canonical.ts';
import { sameJson } from './same-json.ts';

test.each<[string, unknown, unknown, boolean]>([
  ['keys in another order', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
  ['a field that is undefined, and none', { a: 1, b: undefined }, { a: 1 }, true],
  ['none, and a field that is undefined', { a: 1 }, { a: 1, b: undefined }, true],
  ['undefined on both sides', { a: undefined }, { b: undefined }, true],
  ['null, and no field', { a: null }, {}, false],
  ['one field more', { a: 1 }, { a: 1, b: 2 }, false],
  ['one field less', { a: 1, b: 2 }, { a: 1 }, false],
  ['another name', { a: 1 }, { b: 1 }, false],
  ['a list in another order', [1, 2], [2, 1], false],
  ['a longer list', [1], [1, 2], false],
  ['a list and an object', [], {}, false],
  ['an object and a list', { 0: 1 }, [1], false],
  ['a number and its text', 1, '1', false],
  ['null and an object', null, {}, false],
  ['an object and null', {}, null, false],
  ['nothing and nothing', undefined, undefined, true],
  ['a name that objects have by themselves', { toString: undefined }, {}, true],
  ['and a value of it', JSON.parse('{"__proto__":{}}'), {}, false],
])('%s', (_what, a, b, same) => {
  expect(sameJson(a, b)).toBe(same);
});

test('the same as to compare canonical JSON', () => {
  // Few names and values, so that the same comes up often.
  const leaf = fc.constantFrom(null, 0, 1, 'a', undefined);
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, tie('list'), tie('object')),
    list: fc.array(
      tie('value').filter((entry) => entry !== undefined),
      { maxLength: 2 },
    ),
    object: fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { maxKeys: 2 }),
  }));
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(sameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
    }),
    runs(400),
  );
});
