import { describe, expect, it, test } from 'vitest';
import {
  type DecisiveKind,
  NAMESPACE,
  PLUGIN_KINDS,
  POD,
  POLICY,
  ROUTE_KINDS,
  TIERED_KINDS,
  USAGE_KINDS,
} from './decisive-kinds.ts';
import { resourcePath } from './resource.ts';

/** Each kind with what it is called, and where its APIs say that those of the namespace shop are listed. */
const PLACES: Readonly<Record<string, [kind: string, path: string]>> = {
  services: ['Service', '/api/v1/namespaces/shop/services'],
  endpointSlices: ['EndpointSlice', '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices'],
  ingresses: ['Ingress', '/apis/networking.k8s.io/v1/namespaces/shop/ingresses'],
  httpRoutes: ['HTTPRoute', '/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes'],
  grpcRoutes: ['GRPCRoute', '/apis/gateway.networking.k8s.io/v1/namespaces/shop/grpcroutes'],
  tcpRoutes: ['TCPRoute', '/apis/gateway.networking.k8s.io/v1alpha2/namespaces/shop/tcproutes'],
  tlsRoutes: ['TLSRoute', '/apis/gateway.networking.k8s.io/v1alpha2/namespaces/shop/tlsroutes'],
  udpRoutes: ['UDPRoute', '/apis/gateway.networking.k8s.io/v1alpha2/namespaces/shop/udproutes'],
  ingressRoutes: ['IngressRoute', '/apis/traefik.io/v1alpha1/namespaces/shop/ingressroutes'],
  ingressRouteTcps: [
    'IngressRouteTCP',
    '/apis/traefik.io/v1alpha1/namespaces/shop/ingressroutetcps',
  ],
  ingressRouteUdps: [
    'IngressRouteUDP',
    '/apis/traefik.io/v1alpha1/namespaces/shop/ingressrouteudps',
  ],
  traefikServices: ['TraefikService', '/apis/traefik.io/v1alpha1/namespaces/shop/traefikservices'],
  ingressRoutesContainous: [
    'IngressRoute',
    '/apis/traefik.containo.us/v1alpha1/namespaces/shop/ingressroutes',
  ],
  ingressRouteTcpsContainous: [
    'IngressRouteTCP',
    '/apis/traefik.containo.us/v1alpha1/namespaces/shop/ingressroutetcps',
  ],
  ingressRouteUdpsContainous: [
    'IngressRouteUDP',
    '/apis/traefik.containo.us/v1alpha1/namespaces/shop/ingressrouteudps',
  ],
  traefikServicesContainous: [
    'TraefikService',
    '/apis/traefik.containo.us/v1alpha1/namespaces/shop/traefikservices',
  ],
  httpProxies: ['HTTPProxy', '/apis/projectcontour.io/v1/namespaces/shop/httpproxies'],
  openShiftRoutes: ['Route', '/apis/route.openshift.io/v1/namespaces/shop/routes'],
  virtualServices: [
    'VirtualService',
    '/apis/networking.istio.io/v1/namespaces/shop/virtualservices',
  ],
  tcpIngresses: [
    'TCPIngress',
    '/apis/configuration.konghq.com/v1beta1/namespaces/shop/tcpingresses',
  ],
  udpIngresses: [
    'UDPIngress',
    '/apis/configuration.konghq.com/v1beta1/namespaces/shop/udpingresses',
  ],
  mappings: ['Mapping', '/apis/getambassador.io/v3alpha1/namespaces/shop/mappings'],
  tcpMappings: ['TCPMapping', '/apis/getambassador.io/v3alpha1/namespaces/shop/tcpmappings'],
  routeGroups: ['RouteGroup', '/apis/zalando.org/v1/namespaces/shop/routegroups'],
  serviceMonitors: [
    'ServiceMonitor',
    '/apis/monitoring.coreos.com/v1/namespaces/shop/servicemonitors',
  ],
  podMonitors: ['PodMonitor', '/apis/monitoring.coreos.com/v1/namespaces/shop/podmonitors'],
  vmServiceScrapes: [
    'VMServiceScrape',
    '/apis/operator.victoriametrics.com/v1beta1/namespaces/shop/vmservicescrapes',
  ],
  vmPodScrapes: [
    'VMPodScrape',
    '/apis/operator.victoriametrics.com/v1beta1/namespaces/shop/vmpodscrapes',
  ],
  podMonitorings: [
    'PodMonitoring',
    '/apis/monitoring.googleapis.com/v1/namespaces/shop/podmonitorings',
  ],
  clusterPodMonitorings: [
    'ClusterPodMonitoring',
    '/apis/monitoring.googleapis.com/v1/clusterpodmonitorings',
  ],
  inferencePools: [
    'InferencePool',
    '/apis/inference.networking.k8s.io/v1/namespaces/shop/inferencepools',
  ],
  inferencePoolsAlpha: [
    'InferencePool',
    '/apis/inference.networking.x-k8s.io/v1alpha2/namespaces/shop/inferencepools',
  ],
  validatingWebhooks: [
    'ValidatingWebhookConfiguration',
    '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  ],
  mutatingWebhooks: [
    'MutatingWebhookConfiguration',
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  ],
  definitions: [
    'CustomResourceDefinition',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ],
  apiServices: ['APIService', '/apis/apiregistration.k8s.io/v1/apiservices'],
  admin: ['AdminNetworkPolicy', '/apis/policy.networking.k8s.io/v1alpha1/adminnetworkpolicies'],
  baseline: [
    'BaselineAdminNetworkPolicy',
    '/apis/policy.networking.k8s.io/v1alpha1/baselineadminnetworkpolicies',
  ],
  cluster: [
    'ClusterNetworkPolicy',
    '/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies',
  ],
  cilium: ['CiliumNetworkPolicy', '/apis/cilium.io/v2/namespaces/shop/ciliumnetworkpolicies'],
  ciliumClusterwide: [
    'CiliumClusterwideNetworkPolicy',
    '/apis/cilium.io/v2/ciliumclusterwidenetworkpolicies',
  ],
  calicoCrd: ['NetworkPolicy', '/apis/crd.projectcalico.org/v1/namespaces/shop/networkpolicies'],
  calicoCrdGlobal: ['GlobalNetworkPolicy', '/apis/crd.projectcalico.org/v1/globalnetworkpolicies'],
  calico: ['NetworkPolicy', '/apis/projectcalico.org/v3/namespaces/shop/networkpolicies'],
  calicoGlobal: ['GlobalNetworkPolicy', '/apis/projectcalico.org/v3/globalnetworkpolicies'],
  antrea: ['NetworkPolicy', '/apis/crd.antrea.io/v1beta1/namespaces/shop/networkpolicies'],
  antreaCluster: ['ClusterNetworkPolicy', '/apis/crd.antrea.io/v1beta1/clusternetworkpolicies'],
  kubeOvnSecurityGroups: ['SecurityGroup', '/apis/kubeovn.io/v1/security-groups'],
  kubeOvnSubnets: ['Subnet', '/apis/kubeovn.io/v1/subnets'],
  pod: ['Pod', '/api/v1/namespaces/shop/pods'],
  namespace: ['Namespace', '/api/v1/namespaces'],
  policy: ['NetworkPolicy', '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies'],
};

const KINDS: Readonly<Record<string, DecisiveKind<unknown>>> = {
  ...USAGE_KINDS,
  ...ROUTE_KINDS,
  ...TIERED_KINDS,
  ...PLUGIN_KINDS,
  pod: POD,
  namespace: NAMESPACE,
  policy: POLICY,
};

test('each kind is called and listed as its API has it', () => {
  const places = Object.entries(KINDS).map(([name, { kind, resource }]) => [
    name,
    [kind, resourcePath(resource, { namespace: 'shop' })],
  ]);
  expect(Object.fromEntries(places)).toEqual(PLACES);
});

/** The field that is not as the API says, of an object that is right but for these fields. */
function wrongIn({ project }: DecisiveKind<unknown>, fields: object): string[] {
  const told: string[] = [];
  project({ metadata: { name: 'web', namespace: 'shop' }, ...fields }, (field) => told.push(field));
  return told;
}

describe('what of an object is not as its API says is named', () => {
  const { services, endpointSlices, ingresses, inferencePools, inferencePoolsAlpha } = USAGE_KINDS;
  const { validatingWebhooks, mutatingWebhooks, definitions, apiServices } = USAGE_KINDS;
  it.each<[DecisiveKind<unknown>, object, string]>([
    [services, { spec: { ports: 7 } }, 'spec.ports'],
    [endpointSlices, { endpoints: 7 }, 'endpoints'],
    [ingresses, { spec: { rules: 7 } }, 'spec.rules'],
    ...Object.entries(ROUTE_KINDS)
      .filter(([, { resource }]) => resource.group === 'gateway.networking.k8s.io')
      .map(([, each]): [DecisiveKind<unknown>, object, string] => [
        each,
        { spec: { rules: 7 } },
        'spec.rules',
      ]),
    ...Object.entries(USAGE_KINDS)
      .filter(([name]) => /(?:Monitors|Monitorings|Scrapes)$/.test(name))
      .map(([, each]): [DecisiveKind<unknown>, object, string] => [
        each,
        { spec: { endpoints: 7 } },
        'spec.endpoints',
      ]),
    [inferencePools, { spec: { targetPorts: 7 } }, 'spec.targetPorts'],
    [inferencePoolsAlpha, { spec: { targetPorts: 7 } }, 'spec.targetPorts'],
    [validatingWebhooks, { webhooks: 7 }, 'webhooks'],
    [mutatingWebhooks, { webhooks: 7 }, 'webhooks'],
    [definitions, { spec: { versions: 7 } }, 'spec.versions'],
    [apiServices, { spec: { service: 7 } }, 'spec.service'],
    [POLICY, { spec: { ingress: 7 } }, 'spec.ingress'],
  ])('$kind', (kind, fields, wrong) => {
    expect(wrongIn(kind, fields)).toEqual([wrong]);
    expect(wrongIn(kind, {}), 'and nothing of one that is as it says').toEqual([]);
  });

  it.each(Object.values({ ...TIERED_KINDS, ...PLUGIN_KINDS }))(
    '$resource.plural of $resource.group',
    (kind) => {
      expect(wrongIn(kind, { metadata: { name: 7 } })).toEqual(['metadata.name']);
      expect(wrongIn(kind, {}), 'and nothing of one that is as it says').toEqual([]);
    },
  );
});

it.each(['admin', 'baseline', 'cluster'] as const)(
  'a policy of the tier %s is of its kind',
  (tier) => {
    const { kind, resource, project } = TIERED_KINDS[tier];
    const policy = project({ metadata: { name: 'deny' }, spec: {} }, () => {});
    expect(policy).toMatchObject({
      apiVersion: `policy.networking.k8s.io/${resource.version}`,
      kind,
      metadata: { name: 'deny' },
    });
  },
);
