import { describe, expect, test } from 'vitest';
import { deploymentsOf, isClusterServiceVersion } from './cluster-service-version.ts';
import type { Wire } from './manifest.ts';

const CSV = { apiVersion: 'operators.coreos.com/v1alpha1', kind: 'ClusterServiceVersion' };
const withDeployments = (deployments: unknown, namespace?: string): Wire => ({
  ...CSV,
  metadata: { name: 'etcd', ...(namespace !== undefined && { namespace }) },
  spec: { install: { spec: { deployments } } },
});

describe('the Deployments of a ClusterServiceVersion', () => {
  test('are in its namespace, with their own labels, each at its place', () => {
    const spec = { replicas: 1 };
    const wire = withDeployments(
      [{ name: 'a', label: { team: 'x' }, spec }, { name: 'b' }],
      'shop',
    );
    expect(deploymentsOf(wire)).toEqual([
      {
        wire: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'a', namespace: 'shop', labels: { team: 'x' } },
          spec,
        },
        path: ['spec', 'install', 'spec', 'deployments', 0],
      },
      expect.objectContaining({ path: ['spec', 'install', 'spec', 'deployments', 1] }),
    ]);
  });

  test('have no namespace where it has none: that of the command counts', () => {
    const [found] = deploymentsOf(withDeployments([{ name: 'a' }]));
    expect(found?.wire.metadata).not.toHaveProperty('namespace');
  });

  test('are none of a copy in another namespace', () => {
    const wire = withDeployments([{ name: 'a' }], 'shop');
    const metadata = { name: 'etcd', namespace: 'bank', labels: { 'olm.copiedFrom': 'shop' } };
    expect(deploymentsOf({ ...wire, metadata })).toEqual([]);
  });

  test.each([
    ['no spec', { ...CSV, metadata: { name: 'etcd' } }],
    ['no list', withDeployments(undefined)],
    ['a text for a list', withDeployments('a')],
    ['an object for a list', withDeployments({ name: 'a' })],
    ['a text for the way of installing', { ...CSV, metadata: {}, spec: { install: 'a' } }],
  ])('are none where there is %s', (_what, wire) => {
    expect(deploymentsOf(wire as Wire)).toEqual([]);
  });
});

test.each([
  [CSV.apiVersion, CSV.kind, true],
  ['operators.coreos.com/v1', CSV.kind, true],
  [CSV.apiVersion, 'Subscription', false],
  ['operators.coreos.com.example/v1', CSV.kind, false],
  ['example.com/v1', CSV.kind, false],
])('%s %s is one: %s', (apiVersion, kind, expected) => {
  expect(isClusterServiceVersion({ apiVersion, kind, metadata: { name: 'a' } } as Wire)).toBe(
    expected,
  );
});
