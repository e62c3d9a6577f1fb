import { describe, expect, test } from 'vitest';
import { checked, misfit, type Schema } from './shape.ts';

const SCHEMA: Schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    port: { type: 'integer', minimum: 1, maximum: 65_535 },
    mode: { type: 'string', enum: ['Audit', 'Enforce'] },
    time: { type: 'string', format: 'date-time' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    list: { type: 'array', items: { type: 'object', properties: { on: { type: 'boolean' } } } },
    gaps: { type: 'object', additionalProperties: { type: 'string', nullable: true } },
    holes: { type: 'array', items: { type: 'string', nullable: true } },
  },
};

describe('what is not as the schema says', () => {
  test.each([
    ['nothing', { name: 'a', port: 1, mode: 'Audit', labels: { a: 'b' } }, undefined],
    ['null in the place of a field', { name: 'a', port: null, labels: null }, undefined],
    ['fields that nobody knows', { name: 'a', more: 7 }, undefined],
    ['a hole where there may be one', { name: 'a', holes: [null, 'b'] }, undefined],
    ['a gap where there may be one', { name: 'a', gaps: { a: null, b: 'c' } }, undefined],
    ['an entry beside a gap', { name: 'a', gaps: { a: null, b: 1 } }, 'gaps.b'],
    ['a gap in a map', { name: 'a', labels: { a: null } }, 'labels.a'],
    ['all of it', [], '(all of it)'],
    ['null', null, '(all of it)'],
    ['what must be there', { name: null }, 'name'],
    ['a number out of range', { name: 'a', port: 0 }, 'port'],
    ['half a port', { name: 'a', port: 1.5 }, 'port'],
    ['a word that is none of a few', { name: 'a', mode: 'audit' }, 'mode'],
    ['a time that is none', { name: 'a', time: 'noon' }, 'time'],
    ['an entry of a map', { name: 'a', labels: { a: 'b', c: 1 } }, 'labels.c'],
    ['a field in a list', { name: 'a', list: [{}, { on: 1 }] }, 'list[1].on'],
    ['a hole in a list', { name: 'a', list: [null] }, 'list[0]'],
    ['what cannot be made a number', { name: 'a', port: { toString: '' } }, 'port'],
  ])('%s', (_what, value, expected) => {
    expect(misfit(SCHEMA, value)).toBe(expected);
  });
});

test('what takes whatever it is given tells what of that is wrong', () => {
  const told: string[] = [];
  const project = checked(SCHEMA, (object) => Object.keys(object));
  const onMalformed = (field: string) => told.push(field);
  expect(project({ name: 'a' }, onMalformed)).toEqual(['name']);
  expect(told).toEqual([]);
  expect(project({ name: 7, more: 1 }, onMalformed)).toEqual(['name', 'more']);
  expect(told).toEqual(['name']);
});
