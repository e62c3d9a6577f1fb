import { expect, test } from 'vitest';
import { canonicalJson } from '../domain/text/canonical.ts';
import { projectPluginPolicy, projectTieredPolicy } from './policy-projections.ts';
import { CALICO_CRD_POLICIES, TIERED_BASELINE } from './resources.ts';

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

test('what is so deep that nobody can go through it is cut off', () => {
  const depth = 20_000;
  const ingress = JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  const spec = { selector: 'a == "b"', ingress };
  const project = projectPluginPolicy('NetworkPolicy', CALICO_CRD_POLICIES);
  const policy = project({ metadata: { name: 'a' }, spec });
  expect(policy.spec).toMatchObject({ selector: 'a == "b"' });
  expect(canonicalJson(policy).length).toBeLessThan(1_000);
});
