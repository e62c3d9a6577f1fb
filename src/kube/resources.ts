import type { Resource } from './resource.ts';

/** The resources that portlock knows. The operator reads and writes those that config/rbac grants. */

export const DEPLOYMENTS = namespaced('apps', 'v1', 'deployments');
/** By kind of workload. */
export const WORKLOAD_RESOURCES = {
  Deployment: DEPLOYMENTS,
  StatefulSet: namespaced('apps', 'v1', 'statefulsets'),
  DaemonSet: namespaced('apps', 'v1', 'daemonsets'),
  ReplicaSet: namespaced('apps', 'v1', 'replicasets'),
  Job: namespaced('batch', 'v1', 'jobs'),
  CronJob: namespaced('batch', 'v1', 'cronjobs'),
  Rollout: namespaced('argoproj.io', 'v1alpha1', 'rollouts'),
} as const;
export const PODS = namespaced('', 'v1', 'pods');
export const NAMESPACES = clusterScoped('', 'v1', 'namespaces');
export const NETWORK_POLICIES = namespaced('networking.k8s.io', 'v1', 'networkpolicies');
export const REPORTS = namespaced('portlock.dev', 'v1alpha1', 'portexposurereports');
export const EVENTS = namespaced('events.k8s.io', 'v1', 'events');

/** What commands make for a moment; the operator neither reads nor writes them. */
export const JOBS = namespaced('batch', 'v1', 'jobs');
export const SERVICE_ACCOUNTS = namespaced('', 'v1', 'serviceaccounts');
export const ROLES = namespaced('rbac.authorization.k8s.io', 'v1', 'roles');
export const ROLE_BINDINGS = namespaced('rbac.authorization.k8s.io', 'v1', 'rolebindings');

/** Asked, never kept: whose a bearer token is, and what somebody may do. */
export const TOKEN_REVIEWS = clusterScoped('authentication.k8s.io', 'v1', 'tokenreviews');
export const SUBJECT_ACCESS_REVIEWS = clusterScoped(
  'authorization.k8s.io',
  'v1',
  'subjectaccessreviews',
);

export const SERVICES = namespaced('', 'v1', 'services');
export const ENDPOINT_SLICES = namespaced('discovery.k8s.io', 'v1', 'endpointslices');
export const INGRESSES = namespaced('networking.k8s.io', 'v1', 'ingresses');
export const HTTP_ROUTES = namespaced('gateway.networking.k8s.io', 'v1', 'httproutes');
export const GRPC_ROUTES = namespaced('gateway.networking.k8s.io', 'v1', 'grpcroutes');
export const TCP_ROUTES = namespaced('gateway.networking.k8s.io', 'v1alpha2', 'tcproutes');
export const TLS_ROUTES = namespaced('gateway.networking.k8s.io', 'v1alpha2', 'tlsroutes');
export const UDP_ROUTES = namespaced('gateway.networking.k8s.io', 'v1alpha2', 'udproutes');
const TRAEFIK = 'traefik.io';
/** As Traefik called its group before 2.10. */
const TRAEFIK_CONTAINOUS = 'traefik.containo.us';
export const INGRESS_ROUTES = namespaced(TRAEFIK, 'v1alpha1', 'ingressroutes');
export const INGRESS_ROUTE_TCPS = namespaced(TRAEFIK, 'v1alpha1', 'ingressroutetcps');
export const INGRESS_ROUTE_UDPS = namespaced(TRAEFIK, 'v1alpha1', 'ingressrouteudps');
export const TRAEFIK_SERVICES = namespaced(TRAEFIK, 'v1alpha1', 'traefikservices');
export const INGRESS_ROUTES_CONTAINOUS = namespaced(
  TRAEFIK_CONTAINOUS,
  'v1alpha1',
  'ingressroutes',
);
export const INGRESS_ROUTE_TCPS_CONTAINOUS = namespaced(
  TRAEFIK_CONTAINOUS,
  'v1alpha1',
  'ingressroutetcps',
);
export const INGRESS_ROUTE_UDPS_CONTAINOUS = namespaced(
  TRAEFIK_CONTAINOUS,
  'v1alpha1',
  'ingressrouteudps',
);
export const TRAEFIK_SERVICES_CONTAINOUS = namespaced(
  TRAEFIK_CONTAINOUS,
  'v1alpha1',
  'traefikservices',
);
export const HTTP_PROXIES = namespaced('projectcontour.io', 'v1', 'httpproxies');
export const OPENSHIFT_ROUTES = namespaced('route.openshift.io', 'v1', 'routes');
export const VIRTUAL_SERVICES = namespaced('networking.istio.io', 'v1', 'virtualservices');
const KONG = 'configuration.konghq.com';
export const TCP_INGRESSES = namespaced(KONG, 'v1beta1', 'tcpingresses');
export const UDP_INGRESSES = namespaced(KONG, 'v1beta1', 'udpingresses');
const EMISSARY = 'getambassador.io';
export const MAPPINGS = namespaced(EMISSARY, 'v3alpha1', 'mappings');
export const TCP_MAPPINGS = namespaced(EMISSARY, 'v3alpha1', 'tcpmappings');
export const ROUTE_GROUPS = namespaced('zalando.org', 'v1', 'routegroups');
export const SERVICE_MONITORS = namespaced('monitoring.coreos.com', 'v1', 'servicemonitors');
export const POD_MONITORS = namespaced('monitoring.coreos.com', 'v1', 'podmonitors');
const VICTORIA_METRICS = 'operator.victoriametrics.com';
export const VM_SERVICE_SCRAPES = namespaced(VICTORIA_METRICS, 'v1beta1', 'vmservicescrapes');
export const VM_POD_SCRAPES = namespaced(VICTORIA_METRICS, 'v1beta1', 'vmpodscrapes');
const MANAGED_PROMETHEUS = 'monitoring.googleapis.com';
export const POD_MONITORINGS = namespaced(MANAGED_PROMETHEUS, 'v1', 'podmonitorings');
export const CLUSTER_POD_MONITORINGS = clusterScoped(
  MANAGED_PROMETHEUS,
  'v1',
  'clusterpodmonitorings',
);
export const INFERENCE_POOLS = namespaced('inference.networking.k8s.io', 'v1', 'inferencepools');
export const INFERENCE_POOLS_ALPHA = namespaced(
  'inference.networking.x-k8s.io',
  'v1alpha2',
  'inferencepools',
);
const WEBHOOKS = 'admissionregistration.k8s.io';
export const VALIDATING_WEBHOOKS = clusterScoped(WEBHOOKS, 'v1', 'validatingwebhookconfigurations');
export const MUTATING_WEBHOOKS = clusterScoped(WEBHOOKS, 'v1', 'mutatingwebhookconfigurations');
export const DEFINITIONS = clusterScoped('apiextensions.k8s.io', 'v1', 'customresourcedefinitions');
export const API_SERVICES = clusterScoped('apiregistration.k8s.io', 'v1', 'apiservices');

const TIERS = 'policy.networking.k8s.io';
export const TIERED_ADMIN = clusterScoped(TIERS, 'v1alpha1', 'adminnetworkpolicies');
export const TIERED_BASELINE = clusterScoped(TIERS, 'v1alpha1', 'baselineadminnetworkpolicies');
export const TIERED_CLUSTER = clusterScoped(TIERS, 'v1alpha2', 'clusternetworkpolicies');

const CALICO = 'projectcalico.org';
const CALICO_CRD = 'crd.projectcalico.org';
export const CILIUM_POLICIES = namespaced('cilium.io', 'v2', 'ciliumnetworkpolicies');
export const CILIUM_CLUSTERWIDE_POLICIES = clusterScoped(
  'cilium.io',
  'v2',
  'ciliumclusterwidenetworkpolicies',
);
export const CALICO_POLICIES = namespaced(CALICO, 'v3', 'networkpolicies');
export const CALICO_GLOBAL_POLICIES = clusterScoped(CALICO, 'v3', 'globalnetworkpolicies');
export const CALICO_CRD_POLICIES = namespaced(CALICO_CRD, 'v1', 'networkpolicies');
export const CALICO_CRD_GLOBAL_POLICIES = clusterScoped(CALICO_CRD, 'v1', 'globalnetworkpolicies');
export const ANTREA_POLICIES = namespaced('crd.antrea.io', 'v1beta1', 'networkpolicies');
export const ANTREA_CLUSTER_POLICIES = clusterScoped(
  'crd.antrea.io',
  'v1beta1',
  'clusternetworkpolicies',
);
export const KUBE_OVN_SECURITY_GROUPS = clusterScoped('kubeovn.io', 'v1', 'security-groups');
export const KUBE_OVN_SUBNETS = clusterScoped('kubeovn.io', 'v1', 'subnets');

function namespaced(group: string, version: string, plural: string): Resource {
  return { group, version, plural, namespaced: true };
}

function clusterScoped(group: string, version: string, plural: string): Resource {
  return { group, version, plural, namespaced: false };
}
