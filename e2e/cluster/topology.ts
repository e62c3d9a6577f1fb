/** The networks that the cluster's pods are on: `cilium` enforces NetworkPolicies, `ptp` does not. */
export const networks = ['cilium', 'ptp'] as const;
export type Network = (typeof networks)[number];

export const nodeCounts = [1, 2] as const;
export type NodeCount = (typeof nodeCounts)[number];

/**
 * The addresses of the cluster. They are fixed, and so is the name of the one link that this
 * machine gets: there is one cluster per machine at a time.
 */
export const addresses = {
  link: 'portlock0',
  /** This machine on the link to the nodes. */
  machine: '172.31.255.254',
  nodeRange: '172.31.255.0/24',
  podRange: '10.244.0.0/16',
  serviceRange: '10.96.0.0/16',
  /** What Kubernetes makes the first address of the Service range: the API server. */
  apiServerService: '10.96.0.1',
  apiServerPort: 6443,
} as const;

/** One node: `podRange` is the part of the cluster's pod range that its pods' addresses are from. */
export interface NodeAddresses {
  readonly name: string;
  readonly address: string;
  readonly podRange: string;
}

/** The nodes of a cluster of `count` nodes; the first also runs the control plane. */
export function nodeAddresses(count: NodeCount): [NodeAddresses, ...NodeAddresses[]] {
  const nodes: [NodeAddresses, NodeAddresses] = [
    { name: 'portlock-1', address: '172.31.255.1', podRange: '10.244.0.0/24' },
    { name: 'portlock-2', address: '172.31.255.2', podRange: '10.244.1.0/24' },
  ];
  return count === 1 ? [nodes[0]] : nodes;
}

export const apiServerAddress = `https://${nodeAddresses(1)[0].address}:${addresses.apiServerPort}`;
