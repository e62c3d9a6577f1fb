import { expect, test } from 'vitest';
import { canonicalJson } from '../domain/text/canonical.ts';
import { projectPluginPolicy, projectTieredPolicy } from './policy-projections.ts';
import { CALICO_CRD_POLICIES, CILIUM_POLICIES, TIERED_BASELINE } from './resources.ts';

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

test('a policy of a plugin keeps its spec, or its list of them, as they are', () => {
  const project = projectPluginPolicy('CiliumNetworkPolicy', CILIUM_POLICIES);
  const named = {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { namespace: 'shop', name: 'a' },
  };
  const wire = (fields: object) => ({ metadata: { namespace: 'shop', name: 'a' }, ...fields });
  const spec = { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }, null], later: null };
  expect(project(wire({ spec }))).toStrictEqual({ ...named, spec });
  expect(project(wire({ specs: [spec] }))).toStrictEqual({ ...named, specs: [spec] });
  expect(project(wire({}))).toStrictEqual(named);
});

test('objects within objects are cut off as lists are', () => {
  const text = `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`;
  const project = projectPluginPolicy('NetworkPolicy', CALICO_CRD_POLICIES);
  const { spec } = project({ metadata: { name: 'a' }, spec: JSON.parse(text) });
  expect(JSON.stringify(spec)).toBe(`${'{"a":'.repeat(64)}null${'}'.repeat(64)}`);
});
