import type { InferencePool, Monitor, Route } from '../../domain/preflight/usage.ts';
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
import { LEASES } from '../../kube/lease.ts';
import { projectMemberLease } from '../../kube/members.ts';
import { projectReport } from '../../kube/report-projection.ts';
import { REPORTS } from '../../kube/resources.ts';
import { type Namespaces, nobody, whenChanged, whenGathered } from './concern.ts';
import {
  concernedByIngress,
  concernedByService,
  concernedBySlice,
  keysOfPool,
} from './concerned-by-usage.ts';
import { concernedByPolicy, concernedByReport, keysOfOwner } from './concerned-by-writes.ts';
import {
  namespacesOfMonitor,
  namespacesOfPolicy,
  namespacesOfRoute,
  namespacesOfService,
  namespacesOfServices,
} from './concerned-namespaces.ts';
import { concernedByNamespace, keysOfPod } from './concerned-workloads.ts';
import {
  byBackend,
  byBackendRef,
  byLabel,
  byListedAddress,
  byNamedNamespace,
  byNamedService,
  byNamespace,
  byNamespaceOfMetadata,
  byNamespaces,
  byOwner,
  byServiceListed,
  byTarget,
} from './indices.ts';
import { type Followed, type WatchedKind, watched } from './watched-kind.ts';
import { workloadRow } from './workload-row.ts';

const READ = ['list', 'watch'] as const;

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
    ...POD,
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
    ...NAMESPACE,
    concerns: concernedByNamespace,
    verbs: ['get', ...READ],
    followed: 'byOperator',
  }),
  policies: watched({
    ...POLICY,
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
      ...readAlways(USAGE_KINDS.services),
      indices: {
        address: ({ addresses }) => addresses,
        named: byNamedNamespace,
        backend: byNamedService,
      },
      concerns: concernedByService,
    }),
    endpointSlices: watched({
      ...readAlways(USAGE_KINDS.endpointSlices),
      indices: { address: byListedAddress, service: byServiceListed },
      concerns: concernedBySlice,
    }),
    ingresses: watched({
      ...readAlways(USAGE_KINDS.ingresses),
      indices: { backend: byBackend, address: ({ addresses }) => addresses },
      concerns: concernedByIngress,
    }),
    serviceMonitors: monitorRow(USAGE_KINDS.serviceMonitors),
    podMonitors: monitorRow(USAGE_KINDS.podMonitors),
    vmServiceScrapes: monitorRow(USAGE_KINDS.vmServiceScrapes),
    vmPodScrapes: monitorRow(USAGE_KINDS.vmPodScrapes),
    podMonitorings: monitorRow(USAGE_KINDS.podMonitorings),
    clusterPodMonitorings: monitorRow(USAGE_KINDS.clusterPodMonitorings),
    inferencePools: poolRow(USAGE_KINDS.inferencePools),
    inferencePoolsAlpha: poolRow(USAGE_KINDS.inferencePoolsAlpha),
    validatingWebhooks: aboutRow(USAGE_KINDS.validatingWebhooks, namespacesOfServices, 'always'),
    mutatingWebhooks: aboutRow(USAGE_KINDS.mutatingWebhooks, namespacesOfServices, 'always'),
    definitions: aboutRow(USAGE_KINDS.definitions, namespacesOfService, 'always'),
    apiServices: aboutRow(USAGE_KINDS.apiServices, namespacesOfService, 'always'),
  },
  /** What has a proxy connect to Services. */
  routes: {
    ...routeRows(ROUTE_KINDS, 'whileDefined'),
    // On OpenShift an API server of its own serves them.
    ...routeRows({ openShiftRoutes: ROUTE_KINDS.openShiftRoutes }, 'whileServed'),
  },
  /** Policies that come before or after NetworkPolicies. */
  tiered: {
    admin: policyRow(TIERED_KINDS.admin),
    baseline: policyRow(TIERED_KINDS.baseline),
    cluster: policyRow(TIERED_KINDS.cluster),
  },
  /** Policies of network plugins. Calico's are stored in one of two groups, never in both. */
  plugins: {
    cilium: pluginRow(PLUGIN_KINDS.cilium),
    ciliumClusterwide: pluginRow(PLUGIN_KINDS.ciliumClusterwide),
    calicoCrd: pluginRow(PLUGIN_KINDS.calicoCrd),
    calicoCrdGlobal: pluginRow(PLUGIN_KINDS.calicoCrdGlobal),
    calico: pluginRow(PLUGIN_KINDS.calico),
    calicoGlobal: pluginRow(PLUGIN_KINDS.calicoGlobal),
    antrea: pluginRow(PLUGIN_KINDS.antrea),
    antreaCluster: pluginRow(PLUGIN_KINDS.antreaCluster),
    kubeOvnSecurityGroups: pluginRow(PLUGIN_KINDS.kubeOvnSecurityGroups),
    kubeOvnSubnets: pluginRow(PLUGIN_KINDS.kubeOvnSubnets),
  },
};

/** What every cluster has, and is never written. */
function readAlways<T>({ resource, project }: DecisiveKind<T>) {
  return { resource, project, verbs: READ, followed: 'always' as const };
}

/** Of either version. */
function poolRow({ resource, project }: DecisiveKind<InferencePool>) {
  return watched({
    resource,
    project,
    indices: { namespace: byNamespace },
    concerns: whenChanged(keysOfPool),
    verbs: READ,
    followed: 'whileDefined',
  });
}

/** What concerns workloads of the namespaces that it names: these are gathered, as anybody may make many. */
function gathered<T>(
  { resource, project }: DecisiveKind<T>,
  namespacesOf: (value: T) => Namespaces,
  followed: Followed,
) {
  return { resource, project, concerns: whenGathered(namespacesOf), verbs: READ, followed };
}

/** The same, found by these namespaces. */
function aboutRow<T>(
  kind: DecisiveKind<T>,
  namespacesOf: (value: T) => Namespaces,
  followed: Followed,
) {
  const indices = { about: byNamespaces(namespacesOf) };
  return watched({ ...gathered(kind, namespacesOf, followed), indices });
}

/** Each is found by what it leads to. */
function routeRows<Name extends string>(
  kinds: Readonly<Record<Name, DecisiveKind<Route>>>,
  followed: Followed,
): Record<Name, WatchedKind<Route, 'backend'>> {
  const rows = Object.entries<DecisiveKind<Route>>(kinds).map(([name, { resource, project }]) => [
    name,
    watched({
      resource,
      project,
      indices: { backend: byBackendRef },
      concerns: whenGathered(namespacesOfRoute),
      verbs: READ,
      followed,
    }),
  ]);
  return Object.fromEntries(rows);
}

/** Found by what it selects. */
function monitorRow(kind: DecisiveKind<Monitor>) {
  return watched(gathered(kind, namespacesOfMonitor, 'whileDefined'));
}

function policyRow<T extends { metadata: { namespace?: string } }>(kind: DecisiveKind<T>) {
  return watched(gathered(kind, namespacesOfPolicy, 'whileDefined'));
}

function pluginRow<T extends { metadata: { namespace?: string } }>(kind: DecisiveKind<T>) {
  return aboutRow(kind, namespacesOfPolicy, 'whileDefined');
}
