import { expect, it } from 'vitest';
import { type Schema, unboundedFields } from './schema-bounds.ts';

const unsized: Schema = {
  type: 'array',
  description: 'Ports.',
  'x-kubernetes-list-type': 'set',
  items: { type: 'integer', minimum: 1, maximum: 65_535 },
};
const list: Schema = { ...unsized, maxItems: 4 };

function of(field: Schema): string[] {
  return unboundedFields({ type: 'object', properties: { kind: { type: 'string' }, field } });
}

it('finds nothing where everything is bounded', () => {
  expect(of(list)).toEqual([]);
});

it.each<[string, Schema]>([
  ['.field: type', { description: 'Any.' }],
  ['.field: description', { type: 'boolean' }],
  ['.field: maxLength, enum or format', { type: 'string', description: 'Any.', pattern: '^a*$' }],
  ['.field: maximum', { type: 'integer', description: 'Any.', minimum: 0 }],
  ['.field: maximum', { type: 'integer', description: 'Any.', minimum: 0, maximum: 2 ** 60 }],
  ['.field: maxItems', unsized],
  ['.field: x-kubernetes-list-map-keys', { ...list, 'x-kubernetes-list-type': 'map' }],
  ['.field[]: minimum', { ...list, items: { type: 'integer', maximum: 9 } }],
  ['.field: properties', { type: 'object', description: 'Any.' }],
  [
    '.field.name: maxLength, enum or format',
    {
      type: 'object',
      description: 'Any.',
      properties: { name: { type: 'string', description: 'A name.' } },
    },
  ],
  [
    '.field: maxProperties',
    {
      type: 'object',
      description: 'Any.',
      additionalProperties: { type: 'string', description: 'A value.', maxLength: 9 },
    },
  ],
])('finds %s', (rule, field) => {
  expect(of(field)).toEqual([rule]);
});
