import type { RouteKind } from '../../domain/preflight/usage.ts';
import { LEASES } from '../../kube/lease.ts';
import { projectMemberLease } from '../../kube/members.ts';
import { projectPodMonitor, projectServiceMonitor } from '../../kube/monitor-projection.ts';
import { projectPluginPolicy, projectTieredPolicy } from '../../kube/policy-projections.ts';
import { projectNamespace, projectPod, projectPolicy } from '../../kube/projections.ts';
import { projectReport } from '../../kube/report-projection.ts';
import type { Resource } from '../../kube/resource.ts';
import {
  ANTREA_CLUSTER_POLICIES,
  ANTREA_POLICIES,
  API_SERVICES,
  CALICO_CRD_GLOBAL_POLICIES,
  CALICO_CRD_POLICIES,
  CALICO_GLOBAL_POLICIES,
  CALICO_POLICIES,
  CILIUM_CLUSTERWIDE_POLICIES,
  CILIUM_POLICIES,
  DEFINITIONS,
  ENDPOINT_SLICES,
  GRPC_ROUTES,
  HTTP_ROUTES,
  INFERENCE_POOLS,
  INFERENCE_POOLS_ALPHA,
  INGRESSES,
  KUBE_OVN_SECURITY_GROUPS,
  KUBE_OVN_SUBNETS,
  MUTATING_WEBHOOKS,
  NAMESPACES,
  NETWORK_POLICIES,
  POD_MONITORS,
  PODS,
  REPORTS,
  SERVICE_MONITORS,
  SERVICES,
  TCP_ROUTES,
  TIERED_ADMIN,
  TIERED_BASELINE,
  TIERED_CLUSTER,
  TLS_ROUTES,
  UDP_ROUTES,
  VALIDATING_WEBHOOKS,
} from '../../kube/resources.ts';
import { checked } from '../../kube/shape.ts';
import {
  API_SERVICE,
  DEFINITION,
  ENDPOINT_SLICE,
  INFERENCE_POOL,
  INGRESS,
  MONITOR,
  OTHER_POLICY,
  ROUTE,
  SERVICE,
  WEBHOOK_CONFIGURATION,
} from '../../kube/shapes.ts';
import {
  projectApiService,
  projectDefinition,
  projectEndpointSlice,
  projectInferencePool,
  projectIngress,
  projectRoute,
  projectService,
  projectWebhookConfiguration,
} from '../../kube/usage-projections.ts';
import { type Namespaces, nobody, whenChanged, whenGathered } from './concern.ts';
import { concernedByPolicy, concernedByReport, keysOfOwner } from './concerned-by-writes.ts';
import {
  namespacesOfMonitor,
  namespacesOfPolicy,
  namespacesOfRoute,
  namespacesOfService,
  namespacesOfServices,
} from './concerned-namespaces.ts';
import {
  concernedByNamespace,
  concernedBySlice,
  keysInNamespace,
  keysOfPod,
} from './concerned-workloads.ts';
import {
  byLabel,
  byListedAddress,
  byNamespace,
  byNamespaceOfMetadata,
  byOwner,
  byTarget,
} from './indices.ts';
import { type Followed, type WatchedKind, watched } from './watched-kind.ts';
import { workloadRow } from './workload-row.ts';

const READ = ['list', 'watch'] as const;
const POOL = checked(INFERENCE_POOL, projectInferencePool);
const DEFINED = checked(DEFINITION, projectDefinition);
const SERVED = checked(API_SERVICE, projectApiService);

/**
 * The kinds that the operator watches, a row each. The caches, how they are kept like the cluster, and what is queued
 * after a change follow from the rows; the rights in config/rbac are held against them by a test.
 */
export const WATCHED_KINDS = {
  /** All of them: a namespace may opt in for its workloads, and any may be under another's selector. */
  workloads: {
    Deployment: workloadRow('Deployment'),
    StatefulSet: workloadRow('StatefulSet'),
    DaemonSet: workloadRow('DaemonSet'),
    /** Those of Deployments and Rollouts as links, the others as workloads. */
    ReplicaSet: workloadRow('ReplicaSet'),
    /** Those of CronJobs as links, the others as workloads. */
    Job: workloadRow('Job'),
    CronJob: workloadRow('CronJob'),
    Rollout: workloadRow('Rollout', 'whileDefined'),
  },
  pods: watched({
    resource: PODS,
    project: projectPod,
    indices: {
      owner: byOwner,
      ip: ({ ips }) => ips,
      namespace: byNamespace,
      label: ({ namespace, labels }) => byLabel(namespace, labels),
    },
    alike: 'owner',
    concerns: whenChanged(keysOfPod),
    verbs: READ,
    followed: 'always',
  }),
  namespaces: watched({
    resource: NAMESPACES,
    project: projectNamespace,
    concerns: concernedByNamespace,
    verbs: ['get', ...READ],
    followed: 'byOperator',
  }),
  policies: watched({
    resource: NETWORK_POLICIES,
    project: projectPolicy,
    indices: { namespace: byNamespaceOfMetadata, workload: keysOfOwner },
    concerns: concernedByPolicy,
    verbs: [...READ, 'create', 'patch', 'update', 'delete'],
    followed: 'always',
  }),
  reports: watched({
    resource: REPORTS,
    project: projectReport,
    indices: { target: byTarget },
    concerns: concernedByReport,
    verbs: [...READ, 'create', 'patch', 'delete'],
    followed: 'whereServed',
  }),
  /** By which the replicas see each other. */
  leases: watched({
    resource: LEASES,
    project: projectMemberLease,
    concerns: nobody,
    verbs: ['get', ...READ, 'create', 'update'],
    followed: 'inOwnNamespace',
  }),
  /** What may make somebody connect to pods. */
  usage: {
    services: watched({
      ...usedInNamespace(SERVICES, checked(SERVICE, projectService), 'always'),
      indices: { namespace: byNamespace, address: ({ addresses }) => addresses },
    }),
    endpointSlices: watched({
      ...usedInNamespace(ENDPOINT_SLICES, checked(ENDPOINT_SLICE, projectEndpointSlice), 'always'),
      indices: { namespace: byNamespace, address: byListedAddress },
      concerns: concernedBySlice,
    }),
    ingresses: usedInNamespace(INGRESSES, checked(INGRESS, projectIngress), 'always'),
    httpRoutes: routeRow(HTTP_ROUTES, 'HTTPRoute'),
    grpcRoutes: routeRow(GRPC_ROUTES, 'GRPCRoute'),
    tcpRoutes: routeRow(TCP_ROUTES, 'TCPRoute'),
    tlsRoutes: routeRow(TLS_ROUTES, 'TLSRoute'),
    udpRoutes: routeRow(UDP_ROUTES, 'UDPRoute'),
    serviceMonitors: monitorRow(SERVICE_MONITORS, projectServiceMonitor),
    podMonitors: monitorRow(POD_MONITORS, projectPodMonitor),
    inferencePools: usedInNamespace(INFERENCE_POOLS, POOL, 'whileDefined'),
    inferencePoolsAlpha: usedInNamespace(INFERENCE_POOLS_ALPHA, POOL, 'whileDefined'),
    validatingWebhooks: webhookRow(VALIDATING_WEBHOOKS, 'ValidatingWebhookConfiguration'),
    mutatingWebhooks: webhookRow(MUTATING_WEBHOOKS, 'MutatingWebhookConfiguration'),
    definitions: gatheredRow(DEFINITIONS, DEFINED, namespacesOfService, 'always'),
    apiServices: gatheredRow(API_SERVICES, SERVED, namespacesOfService, 'always'),
  },
  /** Policies that come before or after NetworkPolicies. */
  tiered: {
    admin: tieredRow(TIERED_ADMIN, 'AdminNetworkPolicy'),
    baseline: tieredRow(TIERED_BASELINE, 'BaselineAdminNetworkPolicy'),
    cluster: tieredRow(TIERED_CLUSTER, 'ClusterNetworkPolicy'),
  },
  /** Policies of network plugins. Calico's are stored in one of two groups, never in both. */
  plugins: {
    cilium: pluginRow(CILIUM_POLICIES, 'CiliumNetworkPolicy'),
    ciliumClusterwide: pluginRow(CILIUM_CLUSTERWIDE_POLICIES, 'CiliumClusterwideNetworkPolicy'),
    calicoCrd: pluginRow(CALICO_CRD_POLICIES, 'NetworkPolicy'),
    calicoCrdGlobal: pluginRow(CALICO_CRD_GLOBAL_POLICIES, 'GlobalNetworkPolicy'),
    calico: pluginRow(CALICO_POLICIES, 'NetworkPolicy'),
    calicoGlobal: pluginRow(CALICO_GLOBAL_POLICIES, 'GlobalNetworkPolicy'),
    antrea: pluginRow(ANTREA_POLICIES, 'NetworkPolicy'),
    antreaCluster: pluginRow(ANTREA_CLUSTER_POLICIES, 'ClusterNetworkPolicy'),
    kubeOvnSecurityGroups: pluginRow(KUBE_OVN_SECURITY_GROUPS, 'SecurityGroup'),
    kubeOvnSubnets: pluginRow(KUBE_OVN_SUBNETS, 'Subnet'),
  },
};

/** What is used of a namespace's pods concerns its workloads. */
function usedInNamespace<T extends { namespace: string }>(
  resource: Resource,
  project: WatchedKind<T>['project'],
  followed: Followed,
) {
  return watched({
    resource,
    project,
    indices: { namespace: byNamespace },
    concerns: whenChanged(keysInNamespace),
    verbs: READ,
    followed,
  });
}

/** What concerns workloads of the namespaces that it names: these are gathered, as anybody may make many. */
function gatheredRow<T>(
  resource: Resource,
  project: WatchedKind<T>['project'],
  namespacesOf: (value: T) => Namespaces,
  followed: Followed,
) {
  return watched({
    resource,
    project,
    concerns: whenGathered(namespacesOf),
    verbs: READ,
    followed,
  });
}

function routeRow(resource: Resource, kind: RouteKind) {
  return gatheredRow(
    resource,
    checked(ROUTE, projectRoute(kind)),
    namespacesOfRoute,
    'whileDefined',
  );
}

function monitorRow(resource: Resource, project: typeof projectServiceMonitor) {
  return gatheredRow(resource, checked(MONITOR, project), namespacesOfMonitor, 'whileDefined');
}

function webhookRow(resource: Resource, kind: Parameters<typeof projectWebhookConfiguration>[0]) {
  const project = checked(WEBHOOK_CONFIGURATION, projectWebhookConfiguration(kind));
  return gatheredRow(resource, project, namespacesOfServices, 'always');
}

function tieredRow(resource: Resource, kind: string) {
  const project = checked(OTHER_POLICY, projectTieredPolicy(kind, resource));
  return gatheredRow(resource, project, namespacesOfPolicy, 'whileDefined');
}

function pluginRow(resource: Resource, kind: string) {
  const project = checked(OTHER_POLICY, projectPluginPolicy(kind, resource));
  return gatheredRow(resource, project, namespacesOfPolicy, 'whileDefined');
}
