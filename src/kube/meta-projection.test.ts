import { expect, test } from 'vitest';
import { projectMeta } from './meta-projection.ts';

/** The projection of this metadata, and what was told of it. */
function project(metadata: unknown) {
  const told: string[] = [];
  const projected = projectMeta(metadata, (field) => told.push(field));
  return { projected, told };
}

const owner = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: 'web',
  uid: 'u',
  controller: true,
};
const kept = {
  name: 'a',
  namespace: 'ns',
  uid: 'u',
  resourceVersion: '7',
  generation: 3,
  creationTimestamp: '2026-01-02T03:04:05Z',
  deletionTimestamp: '2026-01-02T03:04:06Z',
  labels: { app: 'web' },
  ownerReferences: [owner],
};

test('managed fields, annotations and what nobody knows are left out', () => {
  const { projected, told } = project({
    ...kept,
    annotations: { a: 'b' },
    managedFields: [{ manager: 'kubectl' }],
    finalizers: ['x'],
  });
  expect(projected).toEqual(kept);
  expect(told).toEqual([]);
});

test.each([[undefined], [null], [7], ['name'], [[kept]]])(
  '%j is metadata without a name',
  (metadata) => {
    expect(project(metadata)).toEqual({ projected: { name: '' }, told: [] });
  },
);

test.each([
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
])('%s is left out where it is not there, or is not what it should be', (field) => {
  const { [field as 'uid']: _, ...others } = kept;
  for (const value of [undefined, null, {}, ['a'], true]) {
    const { projected } = project({ ...kept, [field]: value });
    expect(projected).toEqual(others);
    expect(projected).not.toHaveProperty(field);
  }
});

test.each(['7', 1.5, Number.NaN, 1e300])('%j is no generation', (generation) => {
  expect(project({ name: 'a', generation }).projected).not.toHaveProperty('generation');
});

test('a name that is no text is none', () => {
  expect(project({ name: 7 }).projected.name).toBe('');
});

test('an entry of the labels that is no text is left out and told', () => {
  const { projected, told } = project({ name: 'a', labels: { a: 'b', c: 1, d: null } });
  expect(projected.labels).toEqual({ a: 'b' });
  expect(told).toEqual(['metadata.labels.c']);
});

test.each([['app=web'], [['a']], [7]])('labels that are %j are none, and told', (labels) => {
  const { projected, told } = project({ name: 'a', labels });
  expect(projected.labels).toEqual({});
  expect(told).toEqual(['metadata.labels']);
});

test.each([undefined, null])('labels and owners that are %j are not there', (nothing) => {
  const { projected, told } = project({ name: 'a', labels: nothing, ownerReferences: nothing });
  expect(Object.keys(projected)).toEqual(['name']);
  expect(told).toEqual([]);
});

test.each([
  ['no list', owner, 'metadata.ownerReferences'],
  ['without a uid', [{ kind: 'A', name: 'a' }], 'metadata.ownerReferences[0].uid'],
  ['without a kind', [owner, { name: 'a', uid: 'u' }], 'metadata.ownerReferences[1].kind'],
  ['a text', ['web'], 'metadata.ownerReferences[0]'],
  [
    'controllers by word',
    [{ ...owner, controller: 'true' }],
    'metadata.ownerReferences[0].controller',
  ],
])('owners that are %s are none, and so nothing is ours', (_, ownerReferences, wrong) => {
  const { projected, told } = project({ name: 'a', ownerReferences });
  expect(projected.ownerReferences).toEqual([]);
  expect(told).toEqual([wrong]);
});

test('a label with the name of a prototype is plain data', () => {
  const { projected } = project(JSON.parse('{"name":"a","labels":{"__proto__":"x"}}'));
  expect(Object.getPrototypeOf(projected.labels)).toBe(Object.prototype);
  expect(Object.entries(projected.labels ?? {})).toEqual([['__proto__', 'x']]);
});
