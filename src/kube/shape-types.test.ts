import { describe, expect, test } from 'vitest';
import { assertShape, checked, MalformedObjectError, misfit, type Schema } from './shape.ts';

const wrong = '(all of it)';

test.each<[string, Schema, unknown, string | undefined]>([
  ['anything fits where no type is given', {}, Symbol.iterator, undefined],
  ['null fits where no type is given', {}, null, undefined],
  ['null is no object', { type: 'object' }, null, wrong],
  ['a list is no object', { type: 'object' }, [], wrong],
  ['a text is no object', { type: 'object' }, 'a', wrong],
  ['a function is no object', { type: 'object' }, () => {}, wrong],
  ['an object is no list', { type: 'array' }, { length: 0 }, wrong],
  ['a list is one', { type: 'array' }, [1], undefined],
  ['a number may be broken', { type: 'number' }, 0.5, undefined],
  ['infinity is no number', { type: 'number' }, Number.POSITIVE_INFINITY, wrong],
  ['a text is no number', { type: 'number' }, '1', wrong],
  ['an integer is whole', { type: 'integer' }, 0.5, wrong],
  ['an integer can be told from its neighbours', { type: 'integer' }, 2 ** 53, wrong],
  ['a word is no flag', { type: 'boolean' }, 'true', wrong],
  ['a flag is one', { type: 'boolean' }, false, undefined],
  ['the least is allowed', { type: 'integer', minimum: 1 }, 1, undefined],
  ['less than the least is not', { type: 'integer', minimum: 1 }, 0, wrong],
  ['the most is allowed', { type: 'integer', maximum: 9 }, 9, undefined],
  ['more than the most is not', { type: 'integer', maximum: 9 }, 10, wrong],
  ['any number is within no bounds', { type: 'integer' }, -1, undefined],
  ['a time is one', { type: 'string', format: 'date-time' }, '2026-01-02T03:04:05Z', undefined],
  ['a format that nobody checks is not checked', { type: 'string', format: 'ip' }, 'x', undefined],
  ['one of a few words', { enum: ['a', 1] }, 1, undefined],
  ['no other word', { enum: ['a', 1] }, 'b', wrong],
  ['a list of anything', { type: 'array' }, [null], undefined],
  ['a text has no fields that must be there', { type: 'string', required: ['x'] }, 'a', undefined],
])('%s', (_, schema, value, expected) => {
  expect(misfit(schema, value)).toBe(expected);
});

test('the path says where, from a root that may have a name', () => {
  const schema: Schema = { type: 'array', items: { type: 'object', required: ['name'] } };
  expect(misfit(schema, [{ name: 'a' }, {}])).toBe('[1].name');
  expect(misfit(schema, [{ name: 'a' }, {}], 'spec.list')).toBe('spec.list[1].name');
  expect(misfit(schema, 7, 'spec.list')).toBe('spec.list');
});

const NAMED: Schema = { type: 'object', required: ['name'] };

test('what does not fit is refused by the field that is wrong', () => {
  expect(() => assertShape(NAMED, {})).toThrow(new MalformedObjectError('name'));
  expect(() => assertShape(NAMED, { name: 'a' })).not.toThrow();
});

test('the error has a reason for metrics', () => {
  const { name, reason } = new MalformedObjectError('m');
  expect([name, reason]).toEqual(['MalformedObjectError', 'MalformedObject']);
});

describe('a checked projection', () => {
  const told: string[] = [];
  const project = checked(NAMED, (object) => Object.keys(object).length);

  test('takes what fits, and tells nothing', () => {
    expect(project({ name: 'a' }, (field) => told.push(field))).toBe(1);
    expect(told.splice(0)).toEqual([]);
  });

  test('takes what does not fit too, and tells that', () => {
    expect(project({ other: 1, more: 2 }, (field) => told.push(field))).toBe(2);
    expect(told.splice(0)).toEqual(['name']);
  });
});
