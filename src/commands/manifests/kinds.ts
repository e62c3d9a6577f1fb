import {
  isIntermediate,
  WORKLOAD_KINDS,
  type WorkloadKind,
} from '../../domain/workload/workload.ts';
import {
  type DecisiveKind,
  NAMESPACE,
  PLUGIN_KINDS,
  POD,
  POLICY,
  ROUTE_KINDS,
  TIERED_KINDS,
  USAGE_KINDS,
} from '../../kube/decisive-kinds.ts';
import type { Resource } from '../../kube/resource.ts';
import { WORKLOAD_RESOURCES } from '../../kube/resources.ts';
import type { OnMalformed } from '../../kube/shape.ts';
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

const KINDS: ReadonlyMap<string, ManifestKind> = new Map([
  ...WORKLOAD_KINDS.map((kind) => workloadRow(kind)),
  row(POLICY, 'policies', (cluster, value, about) => cluster.policies.push({ value, ...about })),
  row(NAMESPACE, 'namespaces', (cluster, value) => cluster.namespaces.set(value.name, value)),
  row(POD, 'pods', (cluster, value) => cluster.pods.push(value)),
  used(USAGE_KINDS.services, 'services'),
  used(USAGE_KINDS.endpointSlices, 'endpointSlices'),
  used(USAGE_KINDS.ingresses, 'ingresses'),
  ...Object.values(ROUTE_KINDS).map((kind) => used(kind, 'routes')),
  used(USAGE_KINDS.serviceMonitors, 'serviceMonitors'),
  used(USAGE_KINDS.podMonitors, 'podMonitors'),
  used(USAGE_KINDS.vmServiceScrapes, 'serviceMonitors'),
  used(USAGE_KINDS.vmPodScrapes, 'podMonitors'),
  used(USAGE_KINDS.podMonitorings, 'podMonitors'),
  used(USAGE_KINDS.clusterPodMonitorings, 'podMonitors'),
  used(USAGE_KINDS.validatingWebhooks, 'webhooks'),
  used(USAGE_KINDS.mutatingWebhooks, 'webhooks'),
  used(USAGE_KINDS.definitions, 'definitions'),
  used(USAGE_KINDS.apiServices, 'apiServices'),
  used(USAGE_KINDS.inferencePools, 'inferencePools'),
  used(USAGE_KINDS.inferencePoolsAlpha, 'inferencePools'),
  ...Object.values(TIERED_KINDS).map((kind) =>
    row(kind, 'policies', (cluster, value) => cluster.tieredPolicies.push(value)),
  ),
  ...Object.values(PLUGIN_KINDS).map((kind) =>
    row(kind, 'policies', (cluster, value) => cluster.pluginPolicies.push(value)),
  ),
]);

type Row = [key: string, kind: ManifestKind];

function row<T>(
  { kind, resource, project }: DecisiveKind<T>,
  concern: Concern,
  put: (cluster: ManifestCluster, value: T, about: Omit<Found<unknown>, 'value'>) => void,
): Row {
  return [
    `${resource.group}/${kind}`,
    {
      kind,
      resource,
      concern,
      take: (cluster, wire, about, onMalformed) => put(cluster, project(wire, onMalformed), about),
    },
  ];
}

function workloadRow(kind: WorkloadKind): Row {
  const owners = { kind, resource: WORKLOAD_RESOURCES[kind], project: projectOwner(kind) };
  return row(owners, 'workloads', ({ links, workloads }, value, about) => {
    if (isIntermediate(value)) links.push(value);
    else workloads.push({ value, ...about });
  });
}

/** What may make somebody connect to pods. */
function used<Kind extends keyof ManifestCluster['usage']>(
  kind: DecisiveKind<ManifestCluster['usage'][Kind][number]>,
  into: Kind,
): Row {
  return row(kind, 'usage', ({ usage }, value) => {
    const list: ManifestCluster['usage'][Kind][number][] = usage[into];
    list.push(value);
  });
}
