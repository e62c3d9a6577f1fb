import { expect, test } from 'vitest';
import { projectTieredPolicy } from './policy-projections.ts';
import { TIERED_BASELINE } from './resources.ts';

const project = projectTieredPolicy('BaselineAdminNetworkPolicy', TIERED_BASELINE);

test('the spec stays as it is, with fields that are not known and lists that are none', () => {
  const spec = { subject: { namespaces: {}, later: {} }, ingress: 'no list' };
  expect(project({ metadata: { name: 'default' }, spec })).toEqual({
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: 'BaselineAdminNetworkPolicy',
    metadata: { namespace: '', name: 'default' },
    spec,
  });
});

test('a spec that is no object says nothing', () => {
  expect(project({ metadata: { name: 'default' }, spec: 'none' }).spec).toEqual({});
});
