import type {
  NetworkPolicy,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Protocol,
} from '../api/kubernetes.ts';
import { blockContains } from './ip-block.ts';
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

/** Ports of one protocol, both ends included. */
interface PortRange {
  protocol: string;
  first: number;
  last: number;
}

/**
 * Whether policies of the target's namespace let a connection in. "A pod is isolated for ingress if
 * there is any NetworkPolicy that both selects the pod and has Ingress in its policyTypes … The
 * effects of those ingress lists combine additively." (Kubernetes docs, network-policies)
 *
 * Policies may be as somebody wrote them: null is absent, and an entry that the API server would
 * refuse allows nothing. Never throws.
 */
export function ingressDecision(
  policies: readonly NetworkPolicy[],
  target: Target,
  peer: Peer,
  port: number,
  protocol: Protocol,
): IngressDecision {
  return ingressDecisions(policies, peer)(target)(port, protocol);
}

/**
 * As ingressDecision, for many targets and ports: what depends on the peer alone is worked out once,
 * and what depends on the target once for all ports.
 */
export function ingressDecisions(
  policies: readonly NetworkPolicy[],
  peer: Peer,
): (target: Target) => (port: number, protocol: Protocol) => IngressDecision {
  const prepared = policies
    .map((policy) => ({
      ...{ policy, name: policy.metadata?.name ?? '' },
      rules: once(() => rulesFor(policy, peer)),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return (target) => {
    const isolating = prepared
      .filter(({ policy }) => isolatesIngress(policy, target))
      .map(({ name, rules }) => ({ name, allows: portFilter(rules(), target) }));
    return (port, protocol) => {
      if (isolating.length === 0) return { allowed: true, by: [] };
      const allowing = isolating.filter(({ allows }) => allows(port, protocol));
      const deciding = allowing.length > 0 ? allowing : isolating;
      return { allowed: allowing.length > 0, by: deciding.map(({ name }) => name) };
    };
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Whether a policy selects the pod and speaks of ingress. */
export function isolatesIngress(policy: NetworkPolicy, target: Target): boolean {
  return (
    (policy.metadata?.namespace ?? '') === target.namespace &&
    speaksOfIngress(policy) &&
    selectsPod(policy, target.labels)
  );
}

/** "An empty selector matches all pods in the policy's namespace … If it is not specified, it defaults to an empty selector." */
export function selectsPod(
  policy: NetworkPolicy,
  labels: Readonly<Record<string, string>>,
): boolean {
  return selectorMatches(policy.spec?.podSelector ?? {}, labels);
}

/** "If this field is not specified, it will default based on the existence of ingress or egress rules; … all policies (whether or not they contain an ingress section) are assumed to affect ingress." */
function speaksOfIngress(policy: NetworkPolicy): boolean {
  const types = policy.spec?.policyTypes;
  return !types?.length || types.includes('Ingress');
}

/** The rules of a policy that let the peer in on some port. "The traffic must match both ports and from." */
function rulesFor(policy: NetworkPolicy, peer: Peer): Partial<NetworkPolicyIngressRule>[] {
  const namespace = policy.metadata?.namespace ?? '';
  return entries(policy.spec?.ingress).filter((rule) => fromMatches(rule, namespace, peer));
}

/** Whether any of the rules is about a port. */
function portFilter(
  rules: readonly Partial<NetworkPolicyIngressRule>[],
  target: Target,
): (port: number, protocol: Protocol) => boolean {
  // "If this field is empty or missing, this rule matches all ports (traffic not restricted by port)."
  if (rules.some((rule) => !rule.ports?.length)) return () => true;
  const ranges = rules.flatMap((rule) =>
    entries(rule.ports).flatMap((allowed) => portRanges(allowed, target)),
  );
  return (port, protocol) =>
    ranges.some(
      (range) => range.protocol === protocol && range.first <= port && port <= range.last,
    );
}

function portRanges(allowed: NetworkPolicyPort, target: Target): PortRange[] {
  // "If not specified, this field defaults to TCP."
  const protocol = allowed.protocol ?? 'TCP';
  const { port, endPort } = allowed;
  if (typeof port === 'number') {
    // "… the range of ports from port to endPort if set, inclusive, should be allowed by the policy."
    return [{ protocol, first: port, last: endPort ?? port }];
  }
  // "This field cannot be defined if the port field is not defined or if the port field is defined as a named (string) port."
  if (typeof endPort === 'number') return [];
  // "If this field is not provided, this matches all port names and numbers."
  if (port === undefined || port === null) return [{ protocol, first: 1, last: 65_535 }];
  return target.ports
    .filter((declared) => declared.name === port && declared.protocol === protocol)
    .map((declared) => ({ protocol, first: declared.port, last: declared.port }));
}

/** "If this field is empty or missing, this rule matches all sources (traffic not restricted by source)." */
function fromMatches(
  rule: Partial<NetworkPolicyIngressRule>,
  namespace: string,
  peer: Peer,
): boolean {
  if (!rule.from?.length) return true;
  return entries(rule.from).some((allowed) => peerMatches(allowed, namespace, peer));
}

function peerMatches(allowed: NetworkPolicyPeer, namespace: string, peer: Peer): boolean {
  const { ipBlock, namespaceSelector, podSelector } = allowed;
  // "If this field is set then neither of the other fields can be."
  if (ipBlock) return peer.ips.some((ip) => blockContains(ipBlock, ip));
  // A source that is no pod is in no namespace, and a peer without any field is none.
  if (!peer.labels || (!namespaceSelector && !podSelector)) return false;
  const inNamespace = namespaceSelector
    ? selectorMatches(namespaceSelector, peer.namespaceLabels ?? {})
    : // "Otherwise it selects the pods matching podSelector in the policy's own namespace."
      peer.namespace === namespace;
  // "Otherwise it selects all pods in the namespaces selected by namespaceSelector."
  return inNamespace && (!podSelector || selectorMatches(podSelector, peer.labels));
}

/** An entry that is null means to the API server what an empty one does. */
function entries<T extends object>(list: readonly T[] | null | undefined): readonly Partial<T>[] {
  return (list ?? []).map((entry) => entry ?? {});
}
