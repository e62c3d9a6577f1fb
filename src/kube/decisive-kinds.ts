import type { GatewayRouteKind, MonitorKind } from '../domain/preflight/usage.ts';
import { type ControllerRouteKind, projectControllerRoute } from './controller-route-projection.ts';
import { CONTROLLER_ROUTE } from './controller-route-shape.ts';
import { projectIngress } from './ingress-projection.ts';
import { projectMonitor } from './monitor-projection.ts';
import { projectPluginPolicy, projectTieredPolicy } from './policy-projections.ts';
import { projectNamespace, projectPod, projectPolicy } from './projections.ts';
import type { Resource } from './resource.ts';
import * as resources from './resources.ts';
import { checked, type OnMalformed } from './shape.ts';
import * as shapes from './shapes.ts';
import {
  projectApiService,
  projectDefinition,
  projectEndpointSlice,
  projectInferencePool,
  projectRoute,
  projectService,
  projectWebhookConfiguration,
} from './usage-projections.ts';

/** A kind that decisions read: its name, where it is served, and what is kept of an object. */
export interface DecisiveKind<T> {
  kind: string;
  resource: Resource;
  project: (wire: object, onMalformed: OnMalformed) => T;
}

export const POD = row('Pod', resources.PODS, projectPod);
export const NAMESPACE = row('Namespace', resources.NAMESPACES, projectNamespace);
export const POLICY = row('NetworkPolicy', resources.NETWORK_POLICIES, projectPolicy);

/** What may make somebody connect to pods. */
export const USAGE_KINDS = {
  services: row('Service', resources.SERVICES, checked(shapes.SERVICE, projectService)),
  endpointSlices: row(
    'EndpointSlice',
    resources.ENDPOINT_SLICES,
    checked(shapes.ENDPOINT_SLICE, projectEndpointSlice),
  ),
  ingresses: row('Ingress', resources.INGRESSES, checked(shapes.INGRESS, projectIngress)),
  serviceMonitors: monitorRow('ServiceMonitor', resources.SERVICE_MONITORS),
  podMonitors: monitorRow('PodMonitor', resources.POD_MONITORS),
  vmServiceScrapes: monitorRow('VMServiceScrape', resources.VM_SERVICE_SCRAPES),
  vmPodScrapes: monitorRow('VMPodScrape', resources.VM_POD_SCRAPES),
  podMonitorings: monitorRow('PodMonitoring', resources.POD_MONITORINGS),
  clusterPodMonitorings: monitorRow('ClusterPodMonitoring', resources.CLUSTER_POD_MONITORINGS),
  inferencePools: inferencePoolRow(resources.INFERENCE_POOLS),
  inferencePoolsAlpha: inferencePoolRow(resources.INFERENCE_POOLS_ALPHA),
  validatingWebhooks: webhookRow('ValidatingWebhookConfiguration', resources.VALIDATING_WEBHOOKS),
  mutatingWebhooks: webhookRow('MutatingWebhookConfiguration', resources.MUTATING_WEBHOOKS),
  definitions: row(
    'CustomResourceDefinition',
    resources.DEFINITIONS,
    checked(shapes.DEFINITION, projectDefinition),
  ),
  apiServices: row(
    'APIService',
    resources.API_SERVICES,
    checked(shapes.API_SERVICE, projectApiService),
  ),
};

/** What has a proxy connect to Services: of the Gateway API, and of other controllers. */
export const ROUTE_KINDS = {
  httpRoutes: gatewayRouteRow('HTTPRoute', resources.HTTP_ROUTES),
  grpcRoutes: gatewayRouteRow('GRPCRoute', resources.GRPC_ROUTES),
  tcpRoutes: gatewayRouteRow('TCPRoute', resources.TCP_ROUTES),
  tlsRoutes: gatewayRouteRow('TLSRoute', resources.TLS_ROUTES),
  udpRoutes: gatewayRouteRow('UDPRoute', resources.UDP_ROUTES),
  ingressRoutes: routeRow('IngressRoute', resources.INGRESS_ROUTES),
  ingressRouteTcps: routeRow('IngressRouteTCP', resources.INGRESS_ROUTE_TCPS),
  ingressRouteUdps: routeRow('IngressRouteUDP', resources.INGRESS_ROUTE_UDPS),
  traefikServices: routeRow('TraefikService', resources.TRAEFIK_SERVICES),
  ingressRoutesContainous: routeRow('IngressRoute', resources.INGRESS_ROUTES_CONTAINOUS),
  ingressRouteTcpsContainous: routeRow('IngressRouteTCP', resources.INGRESS_ROUTE_TCPS_CONTAINOUS),
  ingressRouteUdpsContainous: routeRow('IngressRouteUDP', resources.INGRESS_ROUTE_UDPS_CONTAINOUS),
  traefikServicesContainous: routeRow('TraefikService', resources.TRAEFIK_SERVICES_CONTAINOUS),
  httpProxies: routeRow('HTTPProxy', resources.HTTP_PROXIES),
  openShiftRoutes: routeRow('Route', resources.OPENSHIFT_ROUTES),
  virtualServices: routeRow('VirtualService', resources.VIRTUAL_SERVICES),
  tcpIngresses: routeRow('TCPIngress', resources.TCP_INGRESSES),
  udpIngresses: routeRow('UDPIngress', resources.UDP_INGRESSES),
  mappings: routeRow('Mapping', resources.MAPPINGS),
  tcpMappings: routeRow('TCPMapping', resources.TCP_MAPPINGS),
  routeGroups: routeRow('RouteGroup', resources.ROUTE_GROUPS),
};

/** Policies that come before or after NetworkPolicies. */
export const TIERED_KINDS = {
  admin: tieredRow('AdminNetworkPolicy', resources.TIERED_ADMIN),
  baseline: tieredRow('BaselineAdminNetworkPolicy', resources.TIERED_BASELINE),
  cluster: tieredRow('ClusterNetworkPolicy', resources.TIERED_CLUSTER),
};

/** Policies of network plugins. */
export const PLUGIN_KINDS = {
  cilium: pluginRow('CiliumNetworkPolicy', resources.CILIUM_POLICIES),
  ciliumClusterwide: pluginRow(
    'CiliumClusterwideNetworkPolicy',
    resources.CILIUM_CLUSTERWIDE_POLICIES,
  ),
  calicoCrd: pluginRow('NetworkPolicy', resources.CALICO_CRD_POLICIES),
  calicoCrdGlobal: pluginRow('GlobalNetworkPolicy', resources.CALICO_CRD_GLOBAL_POLICIES),
  calico: pluginRow('NetworkPolicy', resources.CALICO_POLICIES),
  calicoGlobal: pluginRow('GlobalNetworkPolicy', resources.CALICO_GLOBAL_POLICIES),
  antrea: pluginRow('NetworkPolicy', resources.ANTREA_POLICIES),
  antreaCluster: pluginRow('ClusterNetworkPolicy', resources.ANTREA_CLUSTER_POLICIES),
  kubeOvnSecurityGroups: pluginRow('SecurityGroup', resources.KUBE_OVN_SECURITY_GROUPS),
  kubeOvnSubnets: pluginRow('Subnet', resources.KUBE_OVN_SUBNETS),
};

function row<T>(
  kind: string,
  resource: Resource,
  project: DecisiveKind<T>['project'],
): DecisiveKind<T> {
  return { kind, resource, project };
}

function gatewayRouteRow(kind: GatewayRouteKind, resource: Resource) {
  return row(kind, resource, checked(shapes.ROUTE, projectRoute(kind)));
}

function routeRow(kind: ControllerRouteKind, resource: Resource) {
  return row(kind, resource, checked(CONTROLLER_ROUTE, projectControllerRoute(kind)));
}

function monitorRow(kind: MonitorKind, resource: Resource) {
  return row(kind, resource, checked(shapes.MONITOR, projectMonitor(kind)));
}

function inferencePoolRow(resource: Resource) {
  return row('InferencePool', resource, checked(shapes.INFERENCE_POOL, projectInferencePool));
}

function webhookRow(kind: Parameters<typeof projectWebhookConfiguration>[0], resource: Resource) {
  const project = projectWebhookConfiguration(kind);
  return row(kind, resource, checked(shapes.WEBHOOK_CONFIGURATION, project));
}

function tieredRow(kind: string, resource: Resource) {
  return row(kind, resource, checked(shapes.OTHER_POLICY, projectTieredPolicy(kind, resource)));
}

function pluginRow(kind: string, resource: Resource) {
  return row(kind, resource, checked(shapes.OTHER_POLICY, projectPluginPolicy(kind, resource)));
}
