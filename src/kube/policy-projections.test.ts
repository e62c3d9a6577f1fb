import { expect, test } from 'vitest';
import { canonicalJson } from '../domain/canonical.ts';
import { projectForeignPolicy, projectTieredPolicy } from './policy-projections.ts';
import { CALICO_CRD_POLICIES, TIERED_BASELINE } from './resources.ts';

const project = projectTieredPolicy('BaselineAdminNetworkPolicy', TIERED_BASELINE);

test('a list that is none is empty', () => {
  const spec = { subject: { namespaces: {} }, ingress: 'no list' };
  expect(project({ metadata: { name: 'default' }, spec })).toEqual({
    ...{ apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'BaselineAdminNetworkPolicy' },
    metadata: { namespace: '', name: 'default' },
    spec: { ...spec, ingress: [] },
  });
});

test('a label that is named like a list stays a label', () => {
  const matchLabels = { ingress: 'public', ports: 'many', values: 'some' };
  const spec = { subject: { pods: { podSelector: { matchLabels } } } };
  expect(project({ metadata: { name: 'default' }, spec }).spec).toEqual(spec);
});

test('what is so deep that nobody can go through it is cut off', () => {
  const depth = 20_000;
  const ingress = JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  const spec = { selector: 'a == "b"', ingress };
  const project = projectForeignPolicy('NetworkPolicy', CALICO_CRD_POLICIES);
  const policy = project({ metadata: { name: 'a' }, spec });
  expect(policy.spec).toMatchObject({ selector: 'a == "b"' });
  expect(canonicalJson(policy).length).toBeLessThan(1_000);
});
