import { expect, test } from 'vitest';
import { projectTieredPolicy } from './policy-projections.ts';
import { TIERED_BASELINE } from './resources.ts';

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
