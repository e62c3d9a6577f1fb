/**
 * The networks that the cluster's pods are on: `cilium` enforces NetworkPolicies, `ptp` does not.
 * With `none` there is the API server alone: no controller acts on its objects, and no pod runs.
 */
export const networks = ['cilium', 'ptp', 'none'] as const;
export type Network = (typeof networks)[number];

export const nodeCounts = [1, 2] as const;
export type NodeCount = (typeof nodeCounts)[number];

/** The IP families of the cluster; nodes, pods and Services get addresses of each, the first first. */
export const familyChoices = ['ipv4', 'ipv4,ipv6'] as const;
export type Families = (typeof familyChoices)[number];

/** The addresses of the cluster in one IP family. */
export interface Ranges {
  readonly family: 'ipv4' | 'ipv6';
  /** This machine on the link to the nodes. */
  readonly machine: string;
  readonly nodes: string;
  readonly pods: string;
  readonly services: string;
}

/**
 * The addresses are fixed, and so is the name of the one link that this machine gets: there is one
 * cluster per machine at a time.
 */
export const link = 'portlock0';
const apiServerPort = 6443;
export const apiServer = {
  port: apiServerPort,
  /** What Kubernetes makes the first address of the Service range. */
  service: '10.96.0.1',
} as const;

const ipv4: Ranges = {
  family: 'ipv4',
  machine: '172.31.255.254',
  nodes: '172.31.255.0/24',
  pods: '10.244.0.0/16',
  services: '10.96.0.0/16',
};

/** Of the addresses that RFC 4193 sets apart for private use. */
const ipv6: Ranges = {
  family: 'ipv6',
  machine: 'fd31:255::fe',
  nodes: 'fd31:255::/64',
  pods: 'fd10:244::/48',
  services: 'fd10:96::/112',
};

/** The ranges of a cluster of these families. */
export function rangesOf(families: Families): readonly Ranges[] {
  return families === 'ipv4' ? [ipv4] : [ipv4, ipv6];
}

/** A node in one IP family: `pods` is the part of the cluster's pod range that its pods' addresses are from. */
export interface NodeNetwork {
  readonly ranges: Ranges;
  readonly address: string;
  readonly pods: string;
}

export interface NodeAddresses {
  readonly name: string;
  /** One for each family of the cluster, in its order. */
  readonly networks: readonly [NodeNetwork, ...NodeNetwork[]];
}

/** The nodes of a cluster of `count` nodes; the first also runs the control plane. */
export function nodeAddresses(
  count: NodeCount,
  families: Families,
): [NodeAddresses, ...NodeAddresses[]] {
  const node = (number: 1 | 2): NodeAddresses => {
    const ofIpv4: NodeNetwork = {
      ranges: ipv4,
      address: `172.31.255.${number}`,
      pods: `10.244.${number - 1}.0/24`,
    };
    const ofIpv6: NodeNetwork = {
      ranges: ipv6,
      address: `fd31:255::${number}`,
      pods: `fd10:244:0:${number}::/64`,
    };
    const networks = families === 'ipv4' ? ([ofIpv4] as const) : ([ofIpv4, ofIpv6] as const);
    return { name: `portlock-${number}`, networks };
  };
  return count === 1 ? [node(1)] : [node(1), node(2)];
}

/** By commas, as the components' flags and annotations have what a node has in each family. */
export function inEachFamily(
  { networks }: NodeAddresses,
  of: (network: NodeNetwork) => string,
): string {
  return networks.map(of).join(',');
}

export const apiServerAddress = `https://${nodeAddresses(1, 'ipv4')[0].networks[0].address}:${apiServerPort}`;
