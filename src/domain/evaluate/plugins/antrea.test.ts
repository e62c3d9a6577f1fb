import { expect, test } from 'vitest';
import { antreaPolicySelects } from './antrea.ts';

const TARGET = {
  namespace: 'shop',
  namespaceLabels: { team: 'shop' },
  labels: { app: 'web' },
  annotations: {},
};
const web = { podSelector: { matchLabels: { app: 'web' } } };
const other = { podSelector: { matchLabels: { app: 'other' } } };
const selects = (spec: unknown, kind = 'ClusterNetworkPolicy', namespace?: string) =>
  antreaPolicySelects(
    {
      apiVersion: 'crd.antrea.io/v1beta1',
      kind,
      metadata: { name: 'a', ...(namespace !== undefined && { namespace }) },
      spec,
    },
    TARGET,
  );

test.each<[string, object | null | undefined, boolean]>([
  ['has no spec', undefined, false],
  ['has an empty one', {}, false],
  ['has null for its rules', { appliedTo: [web], ingress: null }, false],
  ['has no rule for what gets in', { appliedTo: [web], ingress: [] }, false],
  ['selects the pod', { appliedTo: [web], ingress: [{}] }, true],
  ['selects others', { appliedTo: [other], ingress: [{}] }, false],
  ['selects others and the pod', { appliedTo: [other, web], ingress: [{}] }, true],
  ['selects nobody, and so may be about all', { ingress: [{}] }, true],
  ['has null for its rule', { ingress: [null] }, true],
  ['has a rule that selects the pod', { ingress: [{ appliedTo: [web] }] }, true],
  ['has a rule that selects others', { ingress: [{ appliedTo: [other] }] }, false],
  [
    'has two rules, one for the pod',
    { ingress: [{ appliedTo: [other] }, { appliedTo: [web] }] },
    true,
  ],
  [
    'selects others, whatever its rule says',
    { appliedTo: [other], ingress: [{ appliedTo: [web] }] },
    false,
  ],
  [
    'has an empty list, so that its rule counts',
    { appliedTo: [], ingress: [{ appliedTo: [other] }] },
    false,
  ],
  [
    'selects the namespace',
    { appliedTo: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }], ingress: [{}] },
    true,
  ],
  [
    'selects another namespace',
    { appliedTo: [{ namespaceSelector: { matchLabels: { team: 'bank' } } }], ingress: [{}] },
    false,
  ],
  [
    'selects its labels in another',
    {
      appliedTo: [{ ...web, namespaceSelector: { matchLabels: { team: 'bank' } } }],
      ingress: [{}],
    },
    false,
  ],
  ['selects nodes', { appliedTo: [{ nodeSelector: {} }], ingress: [{}] }, false],
  [
    'selects machines outside',
    { appliedTo: [{ externalEntitySelector: {} }], ingress: [{}] },
    false,
  ],
  ['selects a group, which may hold it', { appliedTo: [{ group: 'a' }], ingress: [{}] }, true],
  [
    'selects a Service, which may be its own',
    { appliedTo: [{ service: { name: 'a' } }], ingress: [{}] },
    true,
  ],
  [
    'selects others and a group in one',
    { appliedTo: [{ ...other, group: 'a' }], ingress: [{}] },
    true,
  ],
  ['selects by nothing that is known', { appliedTo: [{}], ingress: [{}] }, true],
  ['has null for whom it selects', { appliedTo: [null], ingress: [{}] }, true],
])('a policy of the cluster that %s: %j, %s', (_what, spec, expected) => {
  expect(selects(spec)).toBe(expected);
});

test.each([
  ['NetworkPolicy', 'shop', true],
  ['NetworkPolicy', 'bank', false],
  ['ClusterNetworkPolicy', undefined, true],
])('a %s of namespace %s is about the pod: %s', (kind, namespace, expected) => {
  expect(selects({ appliedTo: [web], ingress: [{}] }, kind, namespace)).toBe(expected);
});
