import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { PluginPolicy } from '../../domain/evaluate/plugins/plugin-policy.ts';
import type { TieredPolicy } from '../../domain/evaluate/tiered-policy.ts';
import type { ClusterUsage } from '../../domain/preflight/usage.ts';
import type { Intermediate, Namespace, Pod, Workload } from '../../domain/workload/workload.ts';
import type { Concern } from './kinds.ts';
import type { Manifest } from './manifest.ts';

/** What is kept of an object, and where it stands. */
export interface Found<T> {
  value: T;
  manifest: Manifest;
  /** Whether its manifest says its namespace, or leaves that to whoever applies it. */
  hasNamespace: boolean;
}

/** What could not be read of a cluster, and so is not known. */
export interface Gap {
  /** As in RBAC: `networkpolicies.networking.k8s.io`. */
  resource: string;
  /** All namespaces where undefined. */
  namespace: string | undefined;
  concern: Concern;
}

/** The cluster that the manifests make, as far as decisions read it. */
export interface ManifestCluster {
  /** Whether it is still to come, or there. */
  source: 'manifests' | 'cluster';
  /** Of a cluster that is there: what the user may not read. */
  gaps: Gap[];
  workloads: Found<Workload>[];
  policies: Found<NetworkPolicy>[];
  namespaces: Map<string, Namespace>;
  /** Those that are among the manifests themselves; not those that workloads would make. */
  pods: Pod[];
  /** ReplicaSets and Jobs that belong to other workloads. */
  links: Intermediate[];
  usage: { [Kind in keyof ClusterUsage]: ClusterUsage[Kind][number][] };
  tieredPolicies: TieredPolicy[];
  pluginPolicies: PluginPolicy[];
}

export function emptyCluster(): ManifestCluster {
  return {
    source: 'manifests',
    gaps: [],
    workloads: [],
    policies: [],
    namespaces: new Map(),
    pods: [],
    links: [],
    usage: {
      services: [],
      endpointSlices: [],
      ingresses: [],
      entrances: [],
      routes: [],
      serviceMonitors: [],
      podMonitors: [],
      webhooks: [],
      definitions: [],
      apiServices: [],
      inferencePools: [],
      unread: [],
    },
    tieredPolicies: [],
    pluginPolicies: [],
  };
}
