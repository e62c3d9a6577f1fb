import type { PluginPolicy } from '../domain/evaluate/plugins/plugin-policy.ts';
import type { TieredPolicy } from '../domain/evaluate/tiered-policy.ts';
import type { Resource } from '../kube/resource.ts';
import {
  ANTREA_CLUSTER_POLICIES,
  ANTREA_POLICIES,
  CALICO_CRD_GLOBAL_POLICIES,
  CALICO_CRD_POLICIES,
  CALICO_GLOBAL_POLICIES,
  CALICO_POLICIES,
  CILIUM_CLUSTERWIDE_POLICIES,
  CILIUM_POLICIES,
  KUBE_OVN_SECURITY_GROUPS,
  KUBE_OVN_SUBNETS,
  TIERED_ADMIN,
  TIERED_BASELINE,
  TIERED_CLUSTER,
} from '../kube/resources.ts';
import { Store } from '../kube/store.ts';

/** Kinds of policies that come before or after NetworkPolicies. */
export const TIERED_KINDS: readonly PolicyKind[] = [
  { kind: 'AdminNetworkPolicy', resource: TIERED_ADMIN },
  { kind: 'BaselineAdminNetworkPolicy', resource: TIERED_BASELINE },
  { kind: 'ClusterNetworkPolicy', resource: TIERED_CLUSTER },
];

/** Kinds of network plugins. Calico's are stored in one of two groups, never in both. */
export const PLUGIN_KINDS: readonly PolicyKind[] = [
  { kind: 'CiliumNetworkPolicy', resource: CILIUM_POLICIES },
  { kind: 'CiliumClusterwideNetworkPolicy', resource: CILIUM_CLUSTERWIDE_POLICIES },
  { kind: 'NetworkPolicy', resource: CALICO_CRD_POLICIES },
  { kind: 'GlobalNetworkPolicy', resource: CALICO_CRD_GLOBAL_POLICIES },
  { kind: 'NetworkPolicy', resource: CALICO_POLICIES },
  { kind: 'GlobalNetworkPolicy', resource: CALICO_GLOBAL_POLICIES },
  { kind: 'NetworkPolicy', resource: ANTREA_POLICIES },
  { kind: 'ClusterNetworkPolicy', resource: ANTREA_CLUSTER_POLICIES },
  { kind: 'SecurityGroup', resource: KUBE_OVN_SECURITY_GROUPS },
  { kind: 'Subnet', resource: KUBE_OVN_SUBNETS },
];

export interface PolicyKind {
  kind: string;
  resource: Resource;
}

/** Policies of other kinds than NetworkPolicy, each kind where the cluster has it. */
export class PolicyCaches {
  readonly tiered: ReadonlyMap<PolicyKind, Store<TieredPolicy>>;
  readonly foreign: ReadonlyMap<PolicyKind, Store<PluginPolicy>>;

  /** @param onDefect called with what a listener throws */
  constructor(onDefect: (error: unknown) => void) {
    this.tiered = new Map(TIERED_KINDS.map((kind) => [kind, new Store({ onDefect })]));
    this.foreign = new Map(PLUGIN_KINDS.map((kind) => [kind, new Store({ onDefect })]));
  }

  tieredPolicies(): TieredPolicy[] {
    return [...this.tiered.values()].flatMap((store) => store.list());
  }

  pluginPolicies(): PluginPolicy[] {
    return [...this.foreign.values()].flatMap((store) => store.list());
  }
}
