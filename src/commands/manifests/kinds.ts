import type { RouteKind } from '../../domain/preflight/usage.ts';
import {
  isIntermediate,
  WORKLOAD_KINDS,
  type WorkloadKind,
} from '../../domain/workload/workload.ts';
import { projectPodMonitor, projectServiceMonitor } from '../../kube/monitor-projection.ts';
import { projectPluginPolicy, projectTieredPolicy } from '../../kube/policy-projections.ts';
import { projectNamespace, projectPod, projectPolicy } from '../../kube/projections.ts';
import type { Resource } from '../../kube/resource.ts';
import * as resources from '../../kube/resources.ts';
import { checked, type OnMalformed } from '../../kube/shape.ts';
import * as shapes from '../../kube/shapes.ts';
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
import { projectOwner } from '../../kube/workload-projection.ts';
import type { Found, ManifestCluster } from './cluster.ts';
import type { Wire } from './manifest.ts';

/** What is not known where a kind cannot be read. */
export type Concern = 'workloads' | 'policies' | 'namespaces' | 'pods' | 'usage';

/** A kind that decisions read. */
export interface ManifestKind {
  kind: string;
  resource: Resource;
  concern: Concern;
  /**
   * Puts what is kept of an object where it belongs.
   * @throws MalformedObjectError where nothing of it is of use
   */
  take: (
    cluster: ManifestCluster,
    wire: object,
    about: Omit<Found<unknown>, 'value'>,
    onMalformed: OnMalformed,
  ) => void;
}

/** The kind of an object, by group and name; undefined where decisions do not read it. */
export function kindOf({ apiVersion, kind }: Wire): ManifestKind | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return KINDS.get(`${group}/${kind}`);
}

/** All of them, in one order. */
export function decisiveKinds(): readonly ManifestKind[] {
  return [...KINDS.values()];
}

/** As the operator watches them, each with the same projection: see WATCHED_KINDS. */
const KINDS: ReadonlyMap<string, ManifestKind> = new Map([
  ...WORKLOAD_KINDS.map((kind) => workloadRow(kind)),
  row(
    resources.NETWORK_POLICIES,
    'NetworkPolicy',
    'policies',
    (cluster, wire, about, onMalformed) =>
      cluster.policies.push({ value: projectPolicy(wire, onMalformed), ...about }),
  ),
  row(resources.NAMESPACES, 'Namespace', 'namespaces', (cluster, wire) => {
    const namespace = projectNamespace(wire);
    cluster.namespaces.set(namespace.name, namespace);
  }),
  row(resources.PODS, 'Pod', 'pods', (cluster, wire) => cluster.pods.push(projectPod(wire))),
  used(resources.SERVICES, 'Service', 'services', checked(shapes.SERVICE, projectService)),
  used(
    resources.ENDPOINT_SLICES,
    'EndpointSlice',
    'endpointSlices',
    checked(shapes.ENDPOINT_SLICE, projectEndpointSlice),
  ),
  used(resources.INGRESSES, 'Ingress', 'ingresses', checked(shapes.INGRESS, projectIngress)),
  routeRow(resources.HTTP_ROUTES, 'HTTPRoute'),
  routeRow(resources.GRPC_ROUTES, 'GRPCRoute'),
  routeRow(resources.TCP_ROUTES, 'TCPRoute'),
  routeRow(resources.TLS_ROUTES, 'TLSRoute'),
  routeRow(resources.UDP_ROUTES, 'UDPRoute'),
  used(
    resources.SERVICE_MONITORS,
    'ServiceMonitor',
    'serviceMonitors',
    checked(shapes.MONITOR, projectServiceMonitor),
  ),
  used(
    resources.POD_MONITORS,
    'PodMonitor',
    'podMonitors',
    checked(shapes.MONITOR, projectPodMonitor),
  ),
  webhookRow(resources.VALIDATING_WEBHOOKS, 'ValidatingWebhookConfiguration'),
  webhookRow(resources.MUTATING_WEBHOOKS, 'MutatingWebhookConfiguration'),
  used(
    resources.DEFINITIONS,
    'CustomResourceDefinition',
    'definitions',
    checked(shapes.DEFINITION, projectDefinition),
  ),
  used(
    resources.API_SERVICES,
    'APIService',
    'apiServices',
    checked(shapes.API_SERVICE, projectApiService),
  ),
  inferencePoolRow(resources.INFERENCE_POOLS),
  inferencePoolRow(resources.INFERENCE_POOLS_ALPHA),
  tieredRow(resources.TIERED_ADMIN, 'AdminNetworkPolicy'),
  tieredRow(resources.TIERED_BASELINE, 'BaselineAdminNetworkPolicy'),
  tieredRow(resources.TIERED_CLUSTER, 'ClusterNetworkPolicy'),
  pluginRow(resources.CILIUM_POLICIES, 'CiliumNetworkPolicy'),
  pluginRow(resources.CILIUM_CLUSTERWIDE_POLICIES, 'CiliumClusterwideNetworkPolicy'),
  pluginRow(resources.CALICO_POLICIES, 'NetworkPolicy'),
  pluginRow(resources.CALICO_GLOBAL_POLICIES, 'GlobalNetworkPolicy'),
  pluginRow(resources.CALICO_CRD_POLICIES, 'NetworkPolicy'),
  pluginRow(resources.CALICO_CRD_GLOBAL_POLICIES, 'GlobalNetworkPolicy'),
  pluginRow(resources.ANTREA_POLICIES, 'NetworkPolicy'),
  pluginRow(resources.ANTREA_CLUSTER_POLICIES, 'ClusterNetworkPolicy'),
  pluginRow(resources.KUBE_OVN_SECURITY_GROUPS, 'SecurityGroup'),
  pluginRow(resources.KUBE_OVN_SUBNETS, 'Subnet'),
]);

type Row = [key: string, kind: ManifestKind];

function row(resource: Resource, kind: string, concern: Concern, take: ManifestKind['take']): Row {
  return [`${resource.group}/${kind}`, { kind, resource, concern, take }];
}

function workloadRow(kind: WorkloadKind): Row {
  const project = projectOwner(kind);
  return row(resources.WORKLOAD_RESOURCES[kind], kind, 'workloads', (cluster, wire, about) => {
    const value = project(wire);
    if (isIntermediate(value)) cluster.links.push(value);
    else cluster.workloads.push({ value, ...about });
  });
}

function inferencePoolRow(resource: Resource): Row {
  const project = checked(shapes.INFERENCE_POOL, projectInferencePool);
  return used(resource, 'InferencePool', 'inferencePools', project);
}

/** What may make somebody connect to pods. */
function used<Kind extends keyof ManifestCluster['usage']>(
  resource: Resource,
  kind: string,
  into: Kind,
  project: (wire: object, onMalformed: OnMalformed) => ManifestCluster['usage'][Kind][number],
): Row {
  return row(resource, kind, 'usage', (cluster, wire, _about, onMalformed) => {
    const list: ManifestCluster['usage'][Kind][number][] = cluster.usage[into];
    list.push(project(wire, onMalformed));
  });
}

function routeRow(resource: Resource, kind: RouteKind): Row {
  return used(resource, kind, 'routes', checked(shapes.ROUTE, projectRoute(kind)));
}

function webhookRow(
  resource: Resource,
  kind: Parameters<typeof projectWebhookConfiguration>[0],
): Row {
  const project = checked(shapes.WEBHOOK_CONFIGURATION, projectWebhookConfiguration(kind));
  return used(resource, kind, 'webhooks', project);
}

function tieredRow(resource: Resource, kind: string): Row {
  const project = checked(shapes.OTHER_POLICY, projectTieredPolicy(kind, resource));
  return row(resource, kind, 'policies', (cluster, wire, _about, onMalformed) =>
    cluster.tieredPolicies.push(project(wire, onMalformed)),
  );
}

function pluginRow(resource: Resource, kind: string): Row {
  const project = checked(shapes.OTHER_POLICY, projectPluginPolicy(kind, resource));
  return row(resource, kind, 'policies', (cluster, wire, _about, onMalformed) =>
    cluster.pluginPolicies.push(project(wire, onMalformed)),
  );
}
