import { describe, expect, test } from 'vitest';
import { pluginPolicyName, selectingPluginPolicies } from './plugin-policies.ts';
import type { PluginPolicy, PluginTarget } from './plugins/plugin-policy.ts';

const TARGET: PluginTarget = {
  namespace: 'shop',
  namespaceLabels: { 'kubernetes.io/metadata.name': 'shop', team: 'a' },
  labels: { app: 'web', 'app.kubernetes.io/name': 'web' },
  annotations: {},
};

function foreign(apiVersion: string, kind: string, spec: unknown, namespace = 'shop') {
  const metadata = kind.match(/Global|Cluster/) ? { name: 'p' } : { name: 'p', namespace };
  return { apiVersion, kind, metadata, spec } as PluginPolicy;
}
const selects = (policy: PluginPolicy) => selectingPluginPolicies([policy], [TARGET]).length > 0;

describe('Cilium', () => {
  const cilium = (spec: unknown, kind = 'CiliumNetworkPolicy', namespace = 'shop') =>
    foreign('cilium.io/v2', kind, spec, namespace);
  const clusterwide = (spec: unknown) => cilium(spec, 'CiliumClusterwideNetworkPolicy');
  const endpoints = (endpointSelector: unknown) => ({ endpointSelector, ingress: [{}] });
  const labels = (matchLabels: object) => endpoints({ matchLabels });
  const expression = (key: string, operator: string, values?: string[]) =>
    endpoints({ matchExpressions: [{ key, operator, ...(values && { values }) }] });

  test.each<[string, PluginPolicy, boolean]>([
    ['every endpoint', cilium(endpoints({})), true],
    ['every endpoint of another namespace', cilium(endpoints({}), undefined, 'other'), false],
    ['every endpoint of the cluster', clusterwide(endpoints({})), true],
    ['a label', cilium(labels({ app: 'web' })), true],
    ['a label of k8s', cilium(labels({ 'k8s:app': 'web' })), true],
    ['a label of any source', cilium(labels({ 'any:app': 'web' })), true],
    ['a label with a domain', cilium(labels({ 'k8s:app.kubernetes.io/name': 'web' })), true],
    ['another value', cilium(labels({ 'k8s:app': 'db' })), false],
    ['a label that it lacks', cilium(labels({ tier: 'x' })), false],
    ['a source that pods may have', cilium(labels({ 'container:app': 'db' })), true],
    ['the host', clusterwide(labels({ 'reserved:host': '' })), false],
    ['pods without labels yet', clusterwide(labels({ 'reserved:init': '' })), true],
    ['all but the host', clusterwide(expression('reserved:host', 'DoesNotExist')), true],
    ['its namespace', clusterwide(labels({ 'k8s:io.kubernetes.pod.namespace': 'shop' })), true],
    ['another namespace', clusterwide(labels({ 'io.kubernetes.pod.namespace': 'x' })), false],
    [
      'another namespace where it has no say',
      cilium(labels({ 'k8s:io.kubernetes.pod.namespace': 'x' })),
      true,
    ],
    [
      'all namespaces but its own',
      clusterwide(expression('io.kubernetes.pod.namespace', 'NotIn', ['shop'])),
      false,
    ],
    [
      'a label of its namespace',
      clusterwide(labels({ 'io.cilium.k8s.namespace.labels.team': 'a' })),
      true,
    ],
    [
      'another value of one',
      clusterwide(labels({ 'io.cilium.k8s.namespace.labels.team': 'b' })),
      false,
    ],
    [
      'a service account',
      cilium(labels({ 'io.cilium.k8s.policy.serviceaccount': 'default' })),
      true,
    ],
    ['In', cilium(expression('app', 'In', ['db', 'web'])), true],
    ['not In', cilium(expression('app', 'In', ['db'])), false],
    ['Exists', cilium(expression('app', 'Exists')), true],
    ['does not exist', cilium(expression('tier', 'Exists')), false],
    ['a negation, as labels may be ignored', cilium(expression('app', 'NotIn', ['web'])), true],
    ['an unknown operator', cilium(expression('app', 'Like', ['x'])), true],
    ['nodes', clusterwide({ nodeSelector: {}, ingress: [{}] }), false],
    ['no selector', cilium({ ingress: [{}] }), true],
    ['egress only', cilium({ endpointSelector: {}, egress: [{}] }), false],
    ['empty ingress', cilium({ endpointSelector: {}, ingress: [], ingressDeny: null }), false],
    ['ingressDeny', cilium({ endpointSelector: {}, ingressDeny: [{}] }), true],
    [
      'default deny alone',
      cilium({ endpointSelector: {}, enableDefaultDeny: { ingress: true } }),
      true,
    ],
    ['nothing', cilium(undefined), false],
    [
      'specs',
      { ...cilium(undefined), specs: [null, labels({ app: 'db' }), labels({ app: 'web' })] },
      true,
    ],
    ['specs that select others', { ...cilium(null), specs: [labels({ app: 'db' })] }, false],
  ])('%s', (_name, policy, expected) => {
    expect(selects(policy)).toBe(expected);
  });
});

describe('Calico', () => {
  const calico = (spec: unknown, namespace?: string) =>
    foreign('projectcalico.org/v3', 'NetworkPolicy', spec, namespace);
  const global = (spec: unknown) =>
    foreign('crd.projectcalico.org/v1', 'GlobalNetworkPolicy', spec);

  test.each<[string, PluginPolicy, boolean]>([
    ['no selector', calico({}), true],
    ['no spec', calico(undefined), true],
    ['another namespace', calico({}, 'other'), false],
    ['a selector', calico({ selector: 'app == "web"' }), true],
    ['a selector of others', calico({ selector: 'app == "db"' }), false],
    ['a selector that cannot be read', calico({ selector: 'app like "db"' }), true],
    ['a label of a service account', calico({ selector: 'pcsa.role == "x"' }), true],
    ['its namespace by label', global({ selector: 'projectcalico.org/namespace == "shop"' }), true],
    [
      'another namespace by label',
      global({ selector: 'projectcalico.org/namespace == "x"' }),
      false,
    ],
    ['a namespaceSelector', global({ namespaceSelector: 'team == "a"' }), true],
    ['one by name', global({ namespaceSelector: 'projectcalico.org/name in {"shop"}' }), true],
    ['one of others', global({ namespaceSelector: 'team == "b"' }), false],
    ['a serviceAccountSelector', global({ serviceAccountSelector: 'role == "x"' }), true],
    [
      'a serviceAccountSelector beside a selector of others',
      global({ selector: 'app == "db"', serviceAccountSelector: 'role == "x"' }),
      false,
    ],
    ['egress only by type', calico({ types: ['Egress'] }), false],
    ['egress only by rules', calico({ egress: [{}] }), false],
    ['both by rules', calico({ egress: [{}], ingress: [{}] }), true],
    ['both by type', calico({ types: ['Ingress', 'Egress'] }), true],
    ['forwarded traffic', global({ selector: 'host == "x"', applyOnForward: true }), true],
    ['fields of null', calico({ selector: null, types: null, ingress: null }), true],
  ])('%s', (_name, policy, expected) => {
    expect(selects(policy)).toBe(expected);
  });
});

describe('Antrea', () => {
  const antrea = (spec: unknown, namespace?: string) =>
    foreign('crd.antrea.io/v1beta1', 'NetworkPolicy', spec, namespace);
  const cluster = (spec: unknown) => foreign('crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', spec);
  const applied = (...appliedTo: unknown[]) => ({ appliedTo, ingress: [{}] });
  const web = { podSelector: { matchLabels: { app: 'web' } } };
  const db = { podSelector: { matchLabels: { app: 'db' } } };

  test.each<[string, PluginPolicy, boolean]>([
    ['its pods', antrea(applied(web)), true],
    ['other pods', antrea(applied(db)), false],
    ['its pods in another namespace', antrea(applied(web), 'other'), false],
    ['any of the list', cluster(applied(db, web)), true],
    [
      'its pods in other namespaces',
      cluster(applied({ ...web, namespaceSelector: { matchLabels: { team: 'b' } } })),
      false,
    ],
    ['its namespace', cluster(applied({ namespaceSelector: {} })), true],
    ['a group', cluster(applied({ group: 'g' })), true],
    ['a Service', cluster(applied({ service: { name: 's', namespace: 'x' } })), true],
    ['nodes', cluster(applied({ nodeSelector: {} })), false],
    ['virtual machines', antrea(applied({ externalEntitySelector: {} })), false],
    ['other pods of what is not known', cluster(applied({ ...db, later: {} })), true],
    ['an unknown operator', antrea(applied(unknownOperator())), true],
    ['a rule of its own', antrea({ ingress: [{ appliedTo: [db] }, { appliedTo: [web] }] }), true],
    ['rules of others', antrea({ ingress: [{ appliedTo: [db] }] }), false],
    ['no appliedTo', antrea({ ingress: [{}] }), true],
    ['egress only', antrea({ appliedTo: [web], egress: [{}] }), false],
    ['fields of null', antrea({ appliedTo: null, ingress: null }), false],
  ])('%s', (_name, policy, expected) => {
    expect(selects(policy)).toBe(expected);
  });
});

function unknownOperator() {
  return { podSelector: { matchExpressions: [{ key: 'app', operator: 'Like' }] } };
}

test('a kind of a group that is not known counts', () => {
  expect(selects(foreign('example.com/v1', 'Firewall', {}))).toBe(true);
});

test('those that select any of the pods are named, sorted', () => {
  const other = { ...TARGET, labels: { app: 'db' } };
  const policies = [
    foreign('projectcalico.org/v3', 'NetworkPolicy', { selector: 'app == "db"' }),
    foreign('cilium.io/v2', 'CiliumNetworkPolicy', { endpointSelector: {}, ingress: [{}] }),
    foreign('projectcalico.org/v3', 'GlobalNetworkPolicy', { selector: 'app == "x"' }),
  ];
  expect(selectingPluginPolicies(policies, [TARGET, other]).map(pluginPolicyName)).toEqual([
    'CiliumNetworkPolicy.cilium.io/p',
    'NetworkPolicy.projectcalico.org/p',
  ]);
  expect(selectingPluginPolicies(policies, [])).toEqual([]);
});

test('a policy of Kube-OVN is asked whom it is about', () => {
  expect(selects(foreign('kubeovn.io/v1', 'SecurityGroup', {}))).toBe(false);
});

test('one whose fields are of other types may be about anybody', () => {
  const spec = { endpointSelector: { matchLabels: 7, matchExpressions: 7 }, ingress: [{}] };
  expect(selects(foreign('cilium.io/v2', 'CiliumNetworkPolicy', spec))).toBe(true);
});
