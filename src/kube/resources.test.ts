import { expect, test } from 'vitest';
import { type Resource, resourcePath } from './resource.ts';
import * as resources from './resources.ts';

/**
 * Where the API serves each resource, in one namespace. A slip in one of these is a 404, and so looks like a kind
 * that this cluster does not have.
 */
const PATHS = {
  ANTREA_CLUSTER_POLICIES: '/apis/crd.antrea.io/v1beta1/clusternetworkpolicies',
  ANTREA_POLICIES: '/apis/crd.antrea.io/v1beta1/namespaces/ns/networkpolicies',
  API_SERVICES: '/apis/apiregistration.k8s.io/v1/apiservices',
  CALICO_CRD_GLOBAL_POLICIES: '/apis/crd.projectcalico.org/v1/globalnetworkpolicies',
  CALICO_CRD_POLICIES: '/apis/crd.projectcalico.org/v1/namespaces/ns/networkpolicies',
  CALICO_GLOBAL_POLICIES: '/apis/projectcalico.org/v3/globalnetworkpolicies',
  CALICO_POLICIES: '/apis/projectcalico.org/v3/namespaces/ns/networkpolicies',
  CILIUM_CLUSTERWIDE_POLICIES: '/apis/cilium.io/v2/ciliumclusterwidenetworkpolicies',
  CILIUM_POLICIES: '/apis/cilium.io/v2/namespaces/ns/ciliumnetworkpolicies',
  CLUSTER_POD_MONITORINGS: '/apis/monitoring.googleapis.com/v1/clusterpodmonitorings',
  DEFINITIONS: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  DEPLOYMENTS: '/apis/apps/v1/namespaces/ns/deployments',
  ENDPOINT_SLICES: '/apis/discovery.k8s.io/v1/namespaces/ns/endpointslices',
  EVENTS: '/apis/events.k8s.io/v1/namespaces/ns/events',
  GRPC_ROUTES: '/apis/gateway.networking.k8s.io/v1/namespaces/ns/grpcroutes',
  HTTP_PROXIES: '/apis/projectcontour.io/v1/namespaces/ns/httpproxies',
  HTTP_ROUTES: '/apis/gateway.networking.k8s.io/v1/namespaces/ns/httproutes',
  INFERENCE_POOLS: '/apis/inference.networking.k8s.io/v1/namespaces/ns/inferencepools',
  INFERENCE_POOLS_ALPHA:
    '/apis/inference.networking.x-k8s.io/v1alpha2/namespaces/ns/inferencepools',
  INGRESSES: '/apis/networking.k8s.io/v1/namespaces/ns/ingresses',
  INGRESS_ROUTES: '/apis/traefik.io/v1alpha1/namespaces/ns/ingressroutes',
  INGRESS_ROUTES_CONTAINOUS: '/apis/traefik.containo.us/v1alpha1/namespaces/ns/ingressroutes',
  INGRESS_ROUTE_TCPS: '/apis/traefik.io/v1alpha1/namespaces/ns/ingressroutetcps',
  INGRESS_ROUTE_TCPS_CONTAINOUS:
    '/apis/traefik.containo.us/v1alpha1/namespaces/ns/ingressroutetcps',
  INGRESS_ROUTE_UDPS: '/apis/traefik.io/v1alpha1/namespaces/ns/ingressrouteudps',
  INGRESS_ROUTE_UDPS_CONTAINOUS:
    '/apis/traefik.containo.us/v1alpha1/namespaces/ns/ingressrouteudps',
  JOBS: '/apis/batch/v1/namespaces/ns/jobs',
  KUBE_OVN_SECURITY_GROUPS: '/apis/kubeovn.io/v1/security-groups',
  KUBE_OVN_SUBNETS: '/apis/kubeovn.io/v1/subnets',
  MAPPINGS: '/apis/getambassador.io/v3alpha1/namespaces/ns/mappings',
  MUTATING_WEBHOOKS: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  NAMESPACES: '/api/v1/namespaces',
  NETWORK_POLICIES: '/apis/networking.k8s.io/v1/namespaces/ns/networkpolicies',
  OPENSHIFT_ROUTES: '/apis/route.openshift.io/v1/namespaces/ns/routes',
  PODS: '/api/v1/namespaces/ns/pods',
  POD_MONITORINGS: '/apis/monitoring.googleapis.com/v1/namespaces/ns/podmonitorings',
  POD_MONITORS: '/apis/monitoring.coreos.com/v1/namespaces/ns/podmonitors',
  REPORTS: '/apis/portlock.dev/v1alpha1/namespaces/ns/portexposurereports',
  ROLES: '/apis/rbac.authorization.k8s.io/v1/namespaces/ns/roles',
  ROLE_BINDINGS: '/apis/rbac.authorization.k8s.io/v1/namespaces/ns/rolebindings',
  ROUTE_GROUPS: '/apis/zalando.org/v1/namespaces/ns/routegroups',
  SERVICES: '/api/v1/namespaces/ns/services',
  SERVICE_ACCOUNTS: '/api/v1/namespaces/ns/serviceaccounts',
  SERVICE_MONITORS: '/apis/monitoring.coreos.com/v1/namespaces/ns/servicemonitors',
  SUBJECT_ACCESS_REVIEWS: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  TCP_INGRESSES: '/apis/configuration.konghq.com/v1beta1/namespaces/ns/tcpingresses',
  TCP_MAPPINGS: '/apis/getambassador.io/v3alpha1/namespaces/ns/tcpmappings',
  TCP_ROUTES: '/apis/gateway.networking.k8s.io/v1alpha2/namespaces/ns/tcproutes',
  TIERED_ADMIN: '/apis/policy.networking.k8s.io/v1alpha1/adminnetworkpolicies',
  TIERED_BASELINE: '/apis/policy.networking.k8s.io/v1alpha1/baselineadminnetworkpolicies',
  TIERED_CLUSTER: '/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies',
  TLS_ROUTES: '/apis/gateway.networking.k8s.io/v1alpha2/namespaces/ns/tlsroutes',
  TOKEN_REVIEWS: '/apis/authentication.k8s.io/v1/tokenreviews',
  TRAEFIK_SERVICES: '/apis/traefik.io/v1alpha1/namespaces/ns/traefikservices',
  TRAEFIK_SERVICES_CONTAINOUS: '/apis/traefik.containo.us/v1alpha1/namespaces/ns/traefikservices',
  UDP_INGRESSES: '/apis/configuration.konghq.com/v1beta1/namespaces/ns/udpingresses',
  UDP_ROUTES: '/apis/gateway.networking.k8s.io/v1alpha2/namespaces/ns/udproutes',
  VALIDATING_WEBHOOKS: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  VIRTUAL_SERVICES: '/apis/networking.istio.io/v1/namespaces/ns/virtualservices',
  VM_POD_SCRAPES: '/apis/operator.victoriametrics.com/v1beta1/namespaces/ns/vmpodscrapes',
  VM_SERVICE_SCRAPES: '/apis/operator.victoriametrics.com/v1beta1/namespaces/ns/vmservicescrapes',
};

function pathOf(resource: Resource): string {
  return resourcePath(resource, { namespace: 'ns' });
}

test('resources are asked for where the API serves them', () => {
  const { WORKLOAD_RESOURCES: workloads, ...others } = resources;
  const paths = Object.entries(others).map(([name, resource]) => [name, pathOf(resource)]);
  expect(Object.fromEntries(paths)).toEqual(PATHS);
  const ofKinds = Object.entries(workloads).map(([kind, resource]) => [kind, pathOf(resource)]);
  expect(Object.fromEntries(ofKinds)).toEqual({
    Deployment: '/apis/apps/v1/namespaces/ns/deployments',
    StatefulSet: '/apis/apps/v1/namespaces/ns/statefulsets',
    DaemonSet: '/apis/apps/v1/namespaces/ns/daemonsets',
    ReplicaSet: '/apis/apps/v1/namespaces/ns/replicasets',
    Job: '/apis/batch/v1/namespaces/ns/jobs',
    CronJob: '/apis/batch/v1/namespaces/ns/cronjobs',
    Rollout: '/apis/argoproj.io/v1alpha1/namespaces/ns/rollouts',
  });
});
