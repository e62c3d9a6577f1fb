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
  for (let index = 0; index < 20_000; index += 1)
    expect(interner.intern([`text ${index}`, 'always'])).toEqual([`text ${index}`, 'always']);
});
