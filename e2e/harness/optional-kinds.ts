import type { Kubectl } from './kubectl.ts';

/** Kinds that a cluster may have or not, with the least definition that serves them. */
type Kind = [group: string, version: string, plural: string, kind: string, scope?: 'Cluster'];
const TIERS = 'policy.networking.k8s.io';
const KINDS: readonly Kind[] = [
  ['argoproj.io', 'v1alpha1', 'rollouts', 'Rollout'],
  ['gateway.networking.k8s.io', 'v1', 'httproutes', 'HTTPRoute'],
  ['gateway.networking.k8s.io', 'v1', 'grpcroutes', 'GRPCRoute'],
  ['gateway.networking.k8s.io', 'v1alpha2', 'tcproutes', 'TCPRoute'],
  ['gateway.networking.k8s.io', 'v1alpha2', 'tlsroutes', 'TLSRoute'],
  ['gateway.networking.k8s.io', 'v1alpha2', 'udproutes', 'UDPRoute'],
  ['traefik.io', 'v1alpha1', 'ingressroutes', 'IngressRoute'],
  ['traefik.io', 'v1alpha1', 'ingressroutetcps', 'IngressRouteTCP'],
  ['traefik.io', 'v1alpha1', 'ingressrouteudps', 'IngressRouteUDP'],
  ['traefik.io', 'v1alpha1', 'traefikservices', 'TraefikService'],
  ['traefik.containo.us', 'v1alpha1', 'ingressroutes', 'IngressRoute'],
  ['traefik.containo.us', 'v1alpha1', 'ingressroutetcps', 'IngressRouteTCP'],
  ['traefik.containo.us', 'v1alpha1', 'ingressrouteudps', 'IngressRouteUDP'],
  ['traefik.containo.us', 'v1alpha1', 'traefikservices', 'TraefikService'],
  ['projectcontour.io', 'v1', 'httpproxies', 'HTTPProxy'],
  ['route.openshift.io', 'v1', 'routes', 'Route'],
  ['networking.istio.io', 'v1', 'virtualservices', 'VirtualService'],
  ['configuration.konghq.com', 'v1beta1', 'tcpingresses', 'TCPIngress'],
  ['configuration.konghq.com', 'v1beta1', 'udpingresses', 'UDPIngress'],
  ['getambassador.io', 'v3alpha1', 'mappings', 'Mapping'],
  ['getambassador.io', 'v3alpha1', 'tcpmappings', 'TCPMapping'],
  ['zalando.org', 'v1', 'routegroups', 'RouteGroup'],
  ['inference.networking.k8s.io', 'v1', 'inferencepools', 'InferencePool'],
  ['inference.networking.x-k8s.io', 'v1alpha2', 'inferencepools', 'InferencePool'],
  ['monitoring.coreos.com', 'v1', 'servicemonitors', 'ServiceMonitor'],
  ['monitoring.coreos.com', 'v1', 'podmonitors', 'PodMonitor'],
  ['operator.victoriametrics.com', 'v1beta1', 'vmservicescrapes', 'VMServiceScrape'],
  ['operator.victoriametrics.com', 'v1beta1', 'vmpodscrapes', 'VMPodScrape'],
  ['monitoring.googleapis.com', 'v1', 'podmonitorings', 'PodMonitoring'],
  ['monitoring.googleapis.com', 'v1', 'clusterpodmonitorings', 'ClusterPodMonitoring', 'Cluster'],
  [TIERS, 'v1alpha1', 'adminnetworkpolicies', 'AdminNetworkPolicy', 'Cluster'],
  [TIERS, 'v1alpha1', 'baselineadminnetworkpolicies', 'BaselineAdminNetworkPolicy', 'Cluster'],
  [TIERS, 'v1alpha2', 'clusternetworkpolicies', 'ClusterNetworkPolicy', 'Cluster'],
  ['crd.projectcalico.org', 'v1', 'networkpolicies', 'NetworkPolicy'],
  ['crd.projectcalico.org', 'v1', 'globalnetworkpolicies', 'GlobalNetworkPolicy', 'Cluster'],
  ['projectcalico.org', 'v3', 'networkpolicies', 'NetworkPolicy'],
  ['projectcalico.org', 'v3', 'globalnetworkpolicies', 'GlobalNetworkPolicy', 'Cluster'],
  ['crd.antrea.io', 'v1beta1', 'networkpolicies', 'NetworkPolicy'],
  ['crd.antrea.io', 'v1beta1', 'clusternetworkpolicies', 'ClusterNetworkPolicy', 'Cluster'],
  ['kubeovn.io', 'v1', 'security-groups', 'SecurityGroup', 'Cluster'],
  ['kubeovn.io', 'v1', 'subnets', 'Subnet', 'Cluster'],
];

const definitions = KINDS.map(([group, version, plural, kind, scope = 'Namespaced']) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    // The group of the Gateway API is protected; these are test definitions of it.
    annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
  },
  spec: {
    group,
    scope,
    names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
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
  await kubectl.run(['wait', ...names, '--for', 'condition=Established', '--timeout', '180s']);
}

/** Takes them away, and all objects of them. */
export async function removeOptionalKinds(kubectl: Kubectl): Promise<void> {
  const names = definitions.map(({ metadata }) => `customresourcedefinition/${metadata.name}`);
  await kubectl.run(['delete', '--ignore-not-found', ...names]);
}
