import { describe, expect, it } from 'vitest';
import { objectKey, type Resource, resourceName, resourcePath } from './resource.ts';

const POLICIES: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  namespaced: true,
};
const NODES: Resource = { group: '', version: 'v1', plural: 'nodes', namespaced: false };

describe('resourcePath', () => {
  it.each([
    [POLICIES, {}, '/apis/networking.k8s.io/v1/networkpolicies'],
    [POLICIES, { namespace: 'a' }, '/apis/networking.k8s.io/v1/namespaces/a/networkpolicies'],
    [
      POLICIES,
      { namespace: 'a', name: 'b', subresource: 'status' as const },
      '/apis/networking.k8s.io/v1/namespaces/a/networkpolicies/b/status',
    ],
    [NODES, { name: 'n' }, '/api/v1/nodes/n'],
  ])('addresses %j at %j', (resource, location, path) => {
    expect(resourcePath(resource, location)).toBe(path);
  });

  it('does not let a name reach another object', () => {
    expect(resourcePath(NODES, { name: 'a/../b?c' })).toBe('/api/v1/nodes/a%2F..%2Fb%3Fc');
    for (const name of ['', '.', '..']) {
      expect(() => resourcePath(NODES, { name })).toThrow(
        new RangeError(`"${name}" is no path segment`),
      );
    }
  });
});

it('keys an object by its namespace and name', () => {
  expect(objectKey({ namespace: 'a', name: 'b' })).toBe('a/b');
  expect(objectKey({ name: 'b' })).toBe('b');
});

it('names a resource as kubectl does, with its group where it has one', () => {
  expect(resourceName(POLICIES)).toBe('networkpolicies.networking.k8s.io');
  expect(resourceName(NODES)).toBe('nodes');
});
