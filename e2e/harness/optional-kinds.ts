import type { Kubectl } from './kubectl.ts';

/** Kinds that a cluster may have or not, with the least definition that serves them. */
const KINDS: readonly [group: string, version: string, plural: string, kind: string][] = [
  ['gateway.networking.k8s.io', 'v1', 'httproutes', 'HTTPRoute'],
  ['gateway.networking.k8s.io', 'v1', 'grpcroutes', 'GRPCRoute'],
  ['gateway.networking.k8s.io', 'v1alpha2', 'tcproutes', 'TCPRoute'],
  ['gateway.networking.k8s.io', 'v1alpha2', 'tlsroutes', 'TLSRoute'],
  ['gateway.networking.k8s.io', 'v1alpha2', 'udproutes', 'UDPRoute'],
  ['monitoring.coreos.com', 'v1', 'servicemonitors', 'ServiceMonitor'],
  ['monitoring.coreos.com', 'v1', 'podmonitors', 'PodMonitor'],
];

const definitions = KINDS.map(([group, version, plural, kind]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    // The group of the Gateway API is protected; these are test definitions of it.
    annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
  },
  spec: {
    ...{ group, scope: 'Namespaced' },
    names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
    versions: [
      {
        ...{ name: version, served: true, storage: true },
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
}));

/** Has the cluster serve all of them. */
export async function installOptionalKinds(kubectl: Kubectl): Promise<void> {
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items: definitions });
  const names = definitions.map(({ metadata }) => `customresourcedefinition/${metadata.name}`);
  await kubectl.run(['wait', ...names, '--for', 'condition=Established', '--timeout', '30s']);
}

/** Takes them away, and all objects of them. */
export async function removeOptionalKinds(kubectl: Kubectl): Promise<void> {
  const names = definitions.map(({ metadata }) => `customresourcedefinition/${metadata.name}`);
  await kubectl.run(['delete', '--ignore-not-found', ...names]);
}
