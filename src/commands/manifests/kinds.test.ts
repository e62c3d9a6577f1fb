import { describe, expect, test } from 'vitest';
import { emptyCluster, type ManifestCluster } from './cluster.ts';
import { type Concern, decisiveKinds, kindOf } from './kinds.ts';

const LABELS = { app: 'web' };
const TEMPLATE = { metadata: { labels: LABELS }, spec: { containers: [{ name: 'app' }] } };
const WORKLOAD = { selector: { matchLabels: LABELS }, template: TEMPLATE };
const METRICS = { selector: {}, endpoints: [] };

type Into = (cluster: ManifestCluster) => { length: number } | { size: number };

/** By group, version and kind: what it may be unknown for, and where an object of it is put. */
const KINDS: readonly [
  apiVersion: string,
  kind: string,
  concern: Concern,
  spec: object,
  into: Into,
][] = [
  ['apps/v1', 'Deployment', 'workloads', WORKLOAD, (each) => each.workloads],
  ['apps/v1', 'StatefulSet', 'workloads', WORKLOAD, (each) => each.workloads],
  ['apps/v1', 'DaemonSet', 'workloads', WORKLOAD, (each) => each.workloads],
  ['batch/v1', 'Job', 'workloads', { template: TEMPLATE }, (each) => each.workloads],
  [
    'batch/v1',
    'CronJob',
    'workloads',
    { jobTemplate: { spec: { template: TEMPLATE } } },
    (each) => each.workloads,
  ],
  ['argoproj.io/v1alpha1', 'Rollout', 'workloads', WORKLOAD, (each) => each.workloads],
  [
    'networking.k8s.io/v1',
    'NetworkPolicy',
    'policies',
    { podSelector: {} },
    (each) => each.policies,
  ],
  ['v1', 'Namespace', 'namespaces', {}, (each) => each.namespaces],
  ['v1', 'Pod', 'pods', TEMPLATE.spec, (each) => each.pods],
  ['v1', 'Service', 'usage', {}, (each) => each.usage.services],
  ['networking.k8s.io/v1', 'Ingress', 'usage', {}, (each) => each.usage.ingresses],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute', 'usage', {}, (each) => each.usage.routes],
  ['gateway.networking.k8s.io/v1', 'GRPCRoute', 'usage', {}, (each) => each.usage.routes],
  ['gateway.networking.k8s.io/v1alpha2', 'TCPRoute', 'usage', {}, (each) => each.usage.routes],
  ['gateway.networking.k8s.io/v1alpha2', 'TLSRoute', 'usage', {}, (each) => each.usage.routes],
  ['gateway.networking.k8s.io/v1alpha2', 'UDPRoute', 'usage', {}, (each) => each.usage.routes],
  [
    'monitoring.coreos.com/v1',
    'ServiceMonitor',
    'usage',
    METRICS,
    (each) => each.usage.serviceMonitors,
  ],
  [
    'monitoring.coreos.com/v1',
    'PodMonitor',
    'usage',
    { selector: {}, podMetricsEndpoints: [] },
    (each) => each.usage.podMonitors,
  ],
  [
    'operator.victoriametrics.com/v1beta1',
    'VMServiceScrape',
    'usage',
    METRICS,
    (each) => each.usage.serviceMonitors,
  ],
  [
    'operator.victoriametrics.com/v1beta1',
    'VMPodScrape',
    'usage',
    { selector: {}, podMetricsEndpoints: [] },
    (each) => each.usage.podMonitors,
  ],
  [
    'monitoring.googleapis.com/v1',
    'PodMonitoring',
    'usage',
    METRICS,
    (each) => each.usage.podMonitors,
  ],
  [
    'monitoring.googleapis.com/v1',
    'ClusterPodMonitoring',
    'usage',
    METRICS,
    (each) => each.usage.podMonitors,
  ],
  ['apiregistration.k8s.io/v1', 'APIService', 'usage', {}, (each) => each.usage.apiServices],
  [
    'policy.networking.k8s.io/v1alpha1',
    'AdminNetworkPolicy',
    'policies',
    { priority: 1, subject: {} },
    (each) => each.tieredPolicies,
  ],
  [
    'policy.networking.k8s.io/v1alpha1',
    'BaselineAdminNetworkPolicy',
    'policies',
    { subject: {} },
    (each) => each.tieredPolicies,
  ],
  ['cilium.io/v2', 'CiliumNetworkPolicy', 'policies', {}, (each) => each.pluginPolicies],
  ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy', 'policies', {}, (each) => each.pluginPolicies],
];

const about = { manifest: { file: 'a.yaml', line: 1 }, hasNamespace: true } as Parameters<
  NonNullable<ReturnType<typeof kindOf>>['take']
>[2];

describe('an object that decisions read', () => {
  test.each(KINDS)(
    '%s %s concerns %s, and is put where it belongs',
    (apiVersion, kind, concern, spec, into) => {
      const found = kindOf({ apiVersion, kind });
      expect(found).toMatchObject({ kind, concern });
      const cluster = emptyCluster();
      found?.take(
        cluster,
        { apiVersion, kind, metadata: { name: 'a', namespace: 'shop' }, spec },
        about,
        () => {},
      );
      const list = into(cluster);
      expect('size' in list ? list.size : list.length).toBe(1);
      const all = [
        cluster.workloads,
        cluster.policies,
        cluster.pods,
        cluster.links,
        cluster.tieredPolicies,
        cluster.pluginPolicies,
        ...Object.values(cluster.usage),
      ];
      expect(all.flat().length + cluster.namespaces.size).toBe(1);
    },
  );

  test('is so in whatever version', () => {
    expect(
      kindOf({ apiVersion: 'gateway.networking.k8s.io/v1beta1', kind: 'HTTPRoute' })?.kind,
    ).toBe('HTTPRoute');
  });

  test.each([
    ['v1', 'Deployment'],
    ['apps/v1', 'Service'],
    ['example.com/v1', 'NetworkPolicy'],
    ['v1', 'Secret'],
  ])('is none of %s %s', (apiVersion, kind) => {
    expect(kindOf({ apiVersion, kind })).toBeUndefined();
  });
});

test('a ReplicaSet or Job that another workload owns is a link to it, and no workload', () => {
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'web',
    uid: 'u',
    controller: true,
  };
  const metadata = { name: 'web-rs', namespace: 'shop', uid: 'rs', ownerReferences: [owner] };
  const cluster = emptyCluster();
  const apiVersion = 'apps/v1';
  kindOf({ apiVersion, kind: 'ReplicaSet' })?.take(
    cluster,
    { apiVersion, kind: 'ReplicaSet', metadata, spec: WORKLOAD },
    about,
    () => {},
  );
  expect(cluster.links.map(({ name, ownerUid }) => `${name} of ${ownerUid}`)).toEqual([
    'web-rs of u',
  ]);
  expect(cluster.workloads).toEqual([]);
});

test('every kind is read once', () => {
  const keys = decisiveKinds().map(({ kind, resource }) => `${resource.group}/${kind}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBeGreaterThan(KINDS.length);
});
