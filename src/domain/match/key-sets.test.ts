import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeySets } from './key-sets.ts';

test('keys come and go, of a value with one as of a value with many', () => {
  const change = fc.record({
    // More come than go, or hardly any value would ever have many.
    adds: fc.constantFrom(true, true, false),
    value: fc.constantFrom('v', 'w'),
    key: fc.constantFrom(...'abcdefghijkl'),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60, size: 'max' }), (changes) => {
      const sets = new KeySets();
      const expected = new Map<string, Set<string>>();
      for (const { adds, value, key } of changes) {
        const keys = expected.get(value) ?? new Set();
        expected.set(value, keys);
        if (adds) keys.add(key);
        else keys.delete(key);
        if (adds) sets.add(value, key);
        else sets.remove(value, key);
      }
      for (const value of ['v', 'w']) {
        const keys = [...(expected.get(value) ?? [])];
        expect([...sets.of(value)]).toEqual(keys);
        expect(sets.count(value)).toBe(keys.length);
      }
      expect(sets.size).toBe([...expected.values()].filter(({ size }) => size > 0).length);
    }),
  );
});
