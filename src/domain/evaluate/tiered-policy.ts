import type { LabelSelector } from '../../api/kubernetes.ts';
import type { ObjectMeta } from '../../api/object-meta.ts';

/**
 * An AdminNetworkPolicy or BaselineAdminNetworkPolicy (policy.networking.k8s.io/v1alpha1) or a
 * ClusterNetworkPolicy (v1alpha2 and later) in wire form: only what ingress needs. The three differ
 * in few fields, and none of them ever had two meanings.
 */
export interface TieredPolicy {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: TieredPolicySpec;
}

export interface TieredPolicySpec {
  /** Of a ClusterNetworkPolicy: Admin or Baseline. The other kinds are the tier. */
  tier?: string;
  /** From 0 to 1000, the lowest first. A BaselineAdminNetworkPolicy has none. */
  priority?: number;
  subject: PodSelection;
  ingress?: TieredPolicyRule[];
}

export interface TieredPolicyRule {
  name?: string;
  /** Allow (in a ClusterNetworkPolicy: Accept), Deny or Pass. */
  action: string;
  from: PodSelection[];
  ports?: PortSelection[];
  /** What a ClusterNetworkPolicy has for ports. */
  protocols?: PortSelection[];
}

/** "Exactly one of the fields must be set." */
export interface PodSelection {
  namespaces?: LabelSelector;
  pods?: { namespaceSelector?: LabelSelector; podSelector?: LabelSelector };
}

/** "Exactly one field must be set." The first three are items of ports, the others of protocols. */
export interface PortSelection {
  portNumber?: { protocol?: string; port: number };
  portRange?: { protocol?: string; start: number; end: number };
  namedPort?: string;
  tcp?: { destinationPort?: DestinationPort };
  udp?: { destinationPort?: DestinationPort };
  sctp?: { destinationPort?: DestinationPort };
  destinationNamedPort?: string;
}

/** "You must specify either Port or Range." */
export interface DestinationPort {
  number?: number;
  range?: { start: number; end: number };
}
