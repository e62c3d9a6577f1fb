import { describe, expect, test } from 'vitest';
import { ciliumPolicySelects } from './cilium.ts';

const TARGET = {
  namespace: 'shop',
  namespaceLabels: { team: 'shop' },
  labels: { app: 'web' },
  annotations: {},
};
const CLUSTERWIDE = 'CiliumClusterwideNetworkPolicy';
const web = { endpointSelector: { matchLabels: { app: 'web' } } };

function selects(
  spec: unknown,
  fields: { kind?: string; namespace?: string; specs?: unknown } = {},
) {
  const { kind = 'CiliumNetworkPolicy', namespace = 'shop', specs } = fields;
  const metadata = kind === CLUSTERWIDE ? { name: 'a' } : { name: 'a', namespace };
  return ciliumPolicySelects({ apiVersion: 'cilium.io/v2', kind, metadata, spec, specs }, TARGET);
}
/** By one requirement of a policy of the whole cluster, where a rule speaks of ingress. */
const held = (key: string, operator: string, values?: string[]) =>
  selects(
    {
      endpointSelector: { matchExpressions: [{ key, operator, ...(values && { values }) }] },
      ingress: [{}],
    },
    { kind: CLUSTERWIDE },
  );

describe('a rule', () => {
  test.each<[string, object | null | undefined, boolean]>([
    ['that is not there', undefined, false],
    ['that is null', null, false],
    ['without ingress', { ...web }, false],
    ['with an empty list', { ...web, ingress: [] }, false],
    ['with ingress', { ...web, ingress: [{}] }, true],
    ['that denies', { ...web, ingressDeny: [{}] }, true],
    ['that closes by default', { ...web, enableDefaultDeny: { ingress: true } }, true],
    ['that does not', { ...web, enableDefaultDeny: { ingress: false } }, false],
    ['of nodes', { nodeSelector: {}, ingress: [{}] }, false],
    ['of nobody, which Cilium would refuse', { ingress: [{}] }, true],
    ['of all pods', { endpointSelector: {}, ingress: [{}] }, true],
    ['of others', { endpointSelector: { matchLabels: { app: 'a' } }, ingress: [{}] }, false],
    [
      'of pods that have one label of two',
      { endpointSelector: { matchLabels: { app: 'web', tier: 'b' } }, ingress: [{}] },
      false,
    ],
  ])('%s: %j may be about the pod: %s', (_what, rule, expected) => {
    expect(selects(rule)).toBe(expected);
    expect(selects(undefined, { specs: [null, rule] })).toBe(expected);
  });

  test('counts for its own namespace alone, but in a policy of the cluster', () => {
    const rule = { ...web, ingress: [{}] };
    expect(selects(rule, { namespace: 'bank' })).toBe(false);
    expect(selects(rule, { kind: CLUSTERWIDE })).toBe(true);
  });

  test('is not there where the list of rules is none', () => {
    expect(selects(undefined, { specs: { ...web, ingress: [{}] } })).toBe(false);
  });
});

describe('a requirement of a policy of the cluster', () => {
  test.each<[string, string, string[] | undefined, boolean]>([
    ['app', 'In', ['web'], true],
    ['app', 'In', ['a'], false],
    ['app', 'In', undefined, false],
    ['tier', 'In', ['web'], false],
    ['app', 'Exists', undefined, true],
    ['tier', 'Exists', undefined, false],
    ['constructor', 'Exists', undefined, false],
    // Cilium may be told to ignore a label.
    ['app', 'NotIn', ['web'], true],
    ['app', 'DoesNotExist', undefined, true],
    ['app', 'Unheard', undefined, true],
    ['k8s:app', 'In', ['web'], true],
    ['k8s:app', 'In', ['a'], false],
    ['any:app', 'In', ['a'], false],
    [':app', 'In', ['a'], false],
    ['container:app', 'In', ['a'], true],
    ['reserved:host', 'Exists', undefined, false],
    ['reserved:host', 'DoesNotExist', undefined, true],
    ['reserved:init', 'Exists', undefined, true],
    ['k8s:io.kubernetes.pod.namespace', 'In', ['shop'], true],
    ['k8s:io.kubernetes.pod.namespace', 'In', ['bank'], false],
    ['k8s:io.kubernetes.pod.namespace', 'NotIn', ['shop'], false],
    ['io.kubernetes.pod.namespace', 'NotIn', ['bank'], true],
    ['io.kubernetes.pod.namespace', 'DoesNotExist', undefined, false],
    ['io.cilium.k8s.namespace.labels.team', 'In', ['shop'], true],
    ['io.cilium.k8s.namespace.labels.team', 'In', ['bank'], false],
    ['io.cilium.k8s.policy.serviceaccount', 'In', ['a'], true],
    ['io.kubernetes.other', 'In', ['a'], true],
    ['xio.cilium.other', 'In', ['a'], false],
  ])('%s %s %j may hold: %s', (key, operator, values, expected) => {
    expect(held(key, operator, values)).toBe(expected);
  });
});

test('a policy of a namespace cannot name another: what it says of one is passed over', () => {
  const matchLabels = { 'k8s:io.kubernetes.pod.namespace': 'bank' };
  expect(selects({ endpointSelector: { matchLabels }, ingress: [{}] })).toBe(true);
});
