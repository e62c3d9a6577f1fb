import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectorMatches } from '../match/label-selector.ts';
import { LabelIndex } from './label-index.ts';

type Labels = Record<string, string>;

const labels = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.constantFrom('1', '2'));
const expression = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Like'),
  values: fc.array(fc.constantFrom('1', '2')),
});
const selector = fc.record({
  matchLabels: labels,
  matchExpressions: fc.array(expression, { maxLength: 2 }),
});

test('finds exactly what trying every item finds', () => {
  fc.assert(
    fc.property(fc.array(labels, { maxLength: 8 }), selector, (items, wanted) => {
      const index = new LabelIndex<Labels>(items, (item) => item);
      expect(index.matching(wanted)).toEqual(items.filter((item) => selectorMatches(wanted, item)));
    }),
  );
});

test('gives the same array for selectors that all items match', () => {
  const index = new LabelIndex<Labels>([{ a: '1' }, { a: '1', b: '2' }], (item) => item);
  expect(index.matching({ matchLabels: { a: '1' } })).toBe(index.matching({}));
});
