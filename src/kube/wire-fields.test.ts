import { describe, expect, test } from 'vitest';
import {
  entriesOf,
  fieldsOf,
  identityOf,
  optionalTextOf,
  portNumberOf,
  portReferenceOf,
  protocolOf,
  textMapOf,
  textOf,
  textsOf,
  withoutNulls,
} from './wire-fields.ts';

const list = ['a'];
const object = { a: 1 };

test.each<[unknown, object]>([
  [object, object],
  [list, {}],
  [null, {}],
  [undefined, {}],
  ['text', {}],
  [7, {}],
])('fields of %j', (value, expected) => {
  expect(fieldsOf(value)).toEqual(expected);
});

test.each<[unknown, unknown[]]>([
  [list, list],
  [{ 0: 'a', length: 1 }, []],
  [null, []],
  ['text', []],
])('entries of %j', (value, expected) => {
  expect(entriesOf(value)).toEqual(expected);
});

test.each<[unknown, string | undefined]>([
  ['a', 'a'],
  ['', ''],
  [7, undefined],
  [null, undefined],
  [undefined, undefined],
  [list, undefined],
])('text of %j', (value, expected) => {
  expect(optionalTextOf(value)).toBe(expected);
  expect(textOf(value)).toBe(expected ?? '');
});

test('texts of a list are those entries that are some', () => {
  expect(textsOf(['a', 1, null, '', ['b']])).toEqual(['a', '']);
  expect(textsOf('ab')).toEqual([]);
});

describe('a map of texts', () => {
  test('has no entries that are none', () => {
    expect(textMapOf({ a: 'b', c: 1, d: null, e: '' })).toEqual({ a: 'b', e: '' });
    expect(textMapOf(list)).toEqual({});
    expect(textMapOf(undefined)).toEqual({});
  });

  test('may have a key that names a prototype', () => {
    const map = textMapOf(JSON.parse('{"__proto__":"x","constructor":"y"}'));
    expect(Object.entries(map)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

test.each<[unknown, number | undefined]>([
  [0, undefined],
  [1, 1],
  [65_535, 65_535],
  [65_536, undefined],
  [-1, undefined],
  [1.5, undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  ['80', undefined],
  [[80], undefined],
  [null, undefined],
])('port number of %j', (value, expected) => {
  expect(portNumberOf(value)).toBe(expected);
  expect(portReferenceOf(value)).toBe(typeof value === 'string' ? value : expected);
});

test('a port may be told by name, but not by none', () => {
  expect(portReferenceOf('http')).toBe('http');
  expect(portReferenceOf('')).toBeUndefined();
});

test.each<[unknown, string | undefined]>([
  [undefined, 'TCP'],
  [null, 'TCP'],
  ['TCP', 'TCP'],
  ['UDP', 'UDP'],
  ['SCTP', 'SCTP'],
  ['tcp', undefined],
  ['ICMP', undefined],
  ['', undefined],
  [6, undefined],
])('protocol of %j', (value, expected) => {
  expect(protocolOf(value)).toBe(expected);
});

test.each<[object, { namespace: string; name: string }]>([
  [{ metadata: { namespace: 'ns', name: 'a' } }, { namespace: 'ns', name: 'a' }],
  [{ metadata: { name: 7 } }, { namespace: '', name: '' }],
  [{ metadata: null }, { namespace: '', name: '' }],
  [[], { namespace: '', name: '' }],
])('identity of %j', (wire, expected) => {
  expect(identityOf(wire)).toEqual(expected);
});

test.each<[unknown, unknown]>([
  [{ a: null, b: { c: null, d: 0 } }, { b: { d: 0 } }],
  [
    [null, { a: null }, [null]],
    [{}, {}, [{}]],
  ],
  [null, null],
  ['', ''],
  [false, false],
])('%j without nulls', (value, expected) => {
  expect(withoutNulls(value)).toStrictEqual(expected);
});
