import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Interner } from './interner.ts';

it('changes no value, whatever came before', () => {
  const interner = new Interner();
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const before = JSON.stringify(value);
      expect(JSON.stringify(interner.intern(JSON.parse(before)))).toBe(before);
    }),
  );
});

it('keeps a field of a name that every object has', () => {
  const hostile = '{"__proto__":{"a":"text"},"constructor":"text"}';
  const value = new Interner().intern(JSON.parse(hostile));
  expect(JSON.stringify(value)).toBe(hostile);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

it('remembers no more than it should, and stays right beyond that', () => {
  const interner = new Interner();
  const values = Array.from({ length: 20_000 }, (_, index) => `["text ${index}","always"]`);
  const changed = values.filter(
    (value) => JSON.stringify(interner.intern(JSON.parse(value))) !== value,
  );
  expect(changed).toEqual([]);
});
