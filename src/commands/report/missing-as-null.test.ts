import { expect, test } from 'vitest';
import type { Schema } from '../../kube/shape.ts';
import { missingAsNull } from './missing-as-null.ts';

const SCHEMA: Schema = {
  type: 'object',
  properties: {
    line: { type: 'integer' },
    at: { type: 'object', properties: { file: { type: 'string' } } },
    list: { type: 'array', items: { type: 'object', properties: { port: { type: 'integer' } } } },
    names: { type: 'array', items: { type: 'string' } },
    any: { type: 'object' },
  },
};
const NOTHING = { line: null, at: null, list: null, names: null, any: null };

test.each<[what: string, value: unknown, read: unknown]>([
  ['nothing', {}, NOTHING],
  ['null', { line: null }, NOTHING],
  ['a field', { line: 0 }, { ...NOTHING, line: 0 }],
  ['an object', { at: {} }, { ...NOTHING, at: { file: null } }],
  ['a list', { list: [{}, { port: 1 }] }, { ...NOTHING, list: [{ port: null }, { port: 1 }] }],
  ['a list of texts', { names: ['a'] }, { ...NOTHING, names: ['a'] }],
  ['an object of any fields', { any: { a: 1 } }, { ...NOTHING, any: { a: 1 } }],
  ['what the schema does not name', { more: [1] }, { ...NOTHING, more: [1] }],
  ['another type', 7, 7],
  ['null alone', null, null],
])('%s', (_what, value, read) => {
  expect(missingAsNull(SCHEMA, value)).toEqual(read);
});

test('what is there stays in its order', () => {
  expect(Object.keys(missingAsNull(SCHEMA, { any: {}, line: 1 }) as object)).toEqual([
    'any',
    'line',
    'at',
    'list',
    'names',
  ]);
});
