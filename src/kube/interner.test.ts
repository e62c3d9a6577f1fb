import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

it('makes lists anew, without the room that they were given to grow', () => {
  const list = ['a', 'b'];
  const value = new Interner().intern({ list, text: 'a' });
  expect(value.list).toEqual(['a', 'b']);
  expect(value.list).not.toBe(list);
});

it.each([
  ['equal texts share', 'x'.repeat(200), true],
  ['texts that are longer than sentences do not share', 'x'.repeat(201), false],
])('%s their memory', (_what, message, isShared) => {
  const interner = new Interner();
  const wire = JSON.stringify({ message, reason: 'a reason', host: 'a host' });
  const messages: unknown[] = Array.from({ length: 40_000 });
  const before = usedBytes();
  for (const index of messages.keys()) messages[index] = interner.intern(JSON.parse(wire)).message;
  const grown = usedBytes() - before;
  expect(new Set(messages).size).toBe(1);
  // Forty thousand of them are eight million bytes.
  expect(grown < 4_000_000).toBe(isShared);
});

function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
