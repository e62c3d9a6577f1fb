import ipaddr from 'ipaddr.js';
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Protocol,
} from '../api/kubernetes.ts';
import { selectorMatches } from './label-selector.ts';
import type { ContainerPort } from './workload.ts';

/** The pod that a connection goes to. */
export interface Target {
  namespace: string;
  labels: Readonly<Record<string, string>>;
  /** For named ports, which are resolved against the destination pod. */
  ports: readonly ContainerPort[];
}

/** Where a connection comes from. Without labels it is no pod: only an ipBlock can match it. */
export interface Peer {
  namespace?: string;
  namespaceLabels?: Readonly<Record<string, string>>;
  labels?: Readonly<Record<string, string>>;
  ips: readonly string[];
}

/** What a set of policies means for one connection, and the policies that decide it. */
export interface IngressDecision {
  allowed: boolean;
  /** Allowed: the policies that allow it, none where no policy isolates the pod. Denied: those that isolate it. */
  by: readonly string[];
}

/**
 * Whether policies of the target's namespace let a connection in. "A pod is isolated for ingress if
 * there is any NetworkPolicy that both selects the pod and has Ingress in its policyTypes … The
 * effects of those ingress lists combine additively." (Kubernetes docs, network-policies)
 */
export function ingressDecision(
  policies: readonly NetworkPolicy[],
  target: Target,
  peer: Peer,
  port: number,
  protocol: Protocol,
): IngressDecision {
  const isolating = policies.filter((policy) => isolatesIngress(policy, target));
  if (isolating.length === 0) return { allowed: true, by: [] };
  const allowing = isolating.filter((policy) => policyAllows(policy, target, peer, port, protocol));
  const names = (allowing.length > 0 ? allowing : isolating).map((policy) => policy.metadata.name);
  return { allowed: allowing.length > 0, by: names.sort() };
}

/** Whether a policy selects the pod and speaks of ingress. */
export function isolatesIngress(policy: NetworkPolicy, target: Target): boolean {
  return (
    (policy.metadata.namespace ?? '') === target.namespace &&
    speaksOfIngress(policy) &&
    selectorMatches(policy.spec.podSelector, target.labels)
  );
}

/** "If this field is not specified, it will default based on the existence of ingress or egress rules; … policies that contain only … ingress … default to [Ingress]; every policy … affects ingress." */
function speaksOfIngress(policy: NetworkPolicy): boolean {
  const types = policy.spec.policyTypes;
  return types === undefined || types.length === 0 || types.includes('Ingress');
}

/** Whether one policy has a rule for this peer and port. */
export function policyAllows(
  policy: NetworkPolicy,
  target: Target,
  peer: Peer,
  port: number,
  protocol: Protocol,
): boolean {
  return (policy.spec.ingress ?? []).some(
    (rule) => ruleAllowsPort(rule, target, port, protocol) && ruleAllowsPeer(rule, target, peer),
  );
}

/** "If this field is empty or missing, this rule matches all ports (traffic not restricted by port)." */
function ruleAllowsPort(
  rule: NetworkPolicyIngressRule,
  target: Target,
  port: number,
  protocol: Protocol,
): boolean {
  if (!rule.ports?.length) return true;
  return rule.ports.some((allowed) => portMatches(allowed, target, port, protocol));
}

function portMatches(
  allowed: NetworkPolicyPort,
  target: Target,
  port: number,
  protocol: Protocol,
): boolean {
  // "If not specified, this field defaults to TCP."
  if ((allowed.protocol ?? 'TCP') !== protocol) return false;
  // "If this field is not provided, this matches all port names and numbers."
  if (allowed.port === undefined || allowed.port === null) return true;
  if (typeof allowed.port === 'string') {
    return target.ports.some(
      (declared) =>
        declared.name === allowed.port && declared.protocol === protocol && declared.port === port,
    );
  }
  // "The range of ports from port to endPort if set, inclusive."
  return port >= allowed.port && port <= (allowed.endPort ?? allowed.port);
}

/** "If this field is empty or missing, this rule matches all sources (traffic not restricted by source)." */
function ruleAllowsPeer(rule: NetworkPolicyIngressRule, target: Target, peer: Peer): boolean {
  if (!rule.from?.length) return true;
  return rule.from.some((allowed) => peerMatches(allowed, target, peer));
}

function peerMatches(allowed: NetworkPolicyPeer, target: Target, peer: Peer): boolean {
  if (allowed.ipBlock) {
    const block = allowed.ipBlock;
    return peer.ips.some((ip) => blockContains(block, ip));
  }
  if (!peer.labels) return false;
  // "If namespaceSelector is not set, podSelector selects the pods in the policy's own namespace."
  const inNamespace = allowed.namespaceSelector
    ? selectorMatches(allowed.namespaceSelector, peer.namespaceLabels ?? {})
    : allowed.podSelector !== undefined && peer.namespace === target.namespace;
  return inNamespace && (!allowed.podSelector || selectorMatches(allowed.podSelector, peer.labels));
}

/** "except is a slice of CIDRs that should not be included within an IPBlock." An unreadable CIDR contains nothing. */
function blockContains(block: IPBlock, ip: string): boolean {
  return (
    cidrContains(block.cidr, ip) && !(block.except ?? []).some((cidr) => cidrContains(cidr, ip))
  );
}

function cidrContains(cidr: string, ip: string): boolean {
  if (!ipaddr.isValid(ip) || !ipaddr.isValidCIDR(cidr)) return false;
  const address = ipaddr.parse(ip);
  const range = ipaddr.parseCIDR(cidr);
  return address.kind() === range[0].kind() && address.match(range);
}
