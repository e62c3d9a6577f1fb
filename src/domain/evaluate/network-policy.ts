import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Protocol,
} from '../../api/kubernetes.ts';
import { blockContains, blockFamily } from '../match/ip-block.ts';
import { familyOf, type IpFamily } from '../match/ip-family.ts';
import { selectorMatches } from '../match/label-selector.ts';
import { type Match, matchOf } from '../match/match.ts';
import type { PortRange } from '../workload/port-range.ts';
import type { ContainerPort } from '../workload/workload.ts';
import { once } from './once.ts';

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
  /** Addresses that the connection may come from. Without any, an ipBlock may contain the source or not. */
  ips: readonly string[];
  /** The family of the connection, and so of its source; undefined where it may be either. */
  family?: IpFamily;
}

/** The peer as the source of a connection of one IP family: an IPv4 connection has an IPv4 source. */
export function sourceOver(peer: Peer, family: IpFamily): Peer {
  return { ...peer, family, ips: peer.ips.filter((ip) => familyOf(ip) === family) };
}

/** What a set of policies means for one connection, and the policies that decide it. */
export interface IngressDecision {
  /** Undefined where an ipBlock decides, and the address of the source is not known. */
  allowed: boolean | undefined;
  /**
   * Allowed: the policies that allow it, none where no policy isolates the pod. Denied: those that isolate it.
   * Undefined: those that may allow it.
   */
  by: readonly string[];
}

/** Ports that a policy is about, whatever protocol somebody wrote. */
export type WrittenRange = PortRange<string>;

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
      policy,
      name: policy.metadata?.name ?? '',
      rules: once(() => rulesFor(policy, peer)),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return (target) => {
    const isolating = prepared
      .filter(({ policy }) => isolatesIngress(policy, target))
      .map(({ name, rules }) => ({ name, rules, allows: portFilter(rules().sure, target) }));
    const unsure = isolating
      .filter(({ rules }) => rules().possible.length > 0)
      .map(({ name, rules }) => ({ name, mayAllow: portFilter(rules().possible, target) }));
    return (port, protocol) => {
      if (isolating.length === 0) return { allowed: true, by: [] };
      const allowing = isolating.filter(({ allows }) => allows(port, protocol));
      if (allowing.length > 0) return { allowed: true, by: namesOf(allowing) };
      const possible = unsure.filter(({ mayAllow }) => mayAllow(port, protocol));
      if (possible.length > 0) return { allowed: undefined, by: namesOf(possible) };
      return { allowed: false, by: namesOf(isolating) };
    };
  };
}

function namesOf(policies: readonly { name: string }[]): string[] {
  return policies.map(({ name }) => name);
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

type Rule = Partial<NetworkPolicyIngressRule>;

/** The rules of a policy that let the peer in on some port, and those that may. "The traffic must match both ports and from." */
function rulesFor(policy: NetworkPolicy, peer: Peer): Record<'sure' | 'possible', Rule[]> {
  const namespace = policy.metadata?.namespace ?? '';
  const rules = ingressRules(policy).map((rule) => ({
    rule,
    match: fromMatch(rule, namespace, peer),
  }));
  const matching = (wanted: Match) =>
    rules.filter(({ match }) => match === wanted).map(({ rule }) => rule);
  return { sure: matching('Yes'), possible: matching('Unknown') };
}

/** The ingress rules of a policy as they are read. */
export function ingressRules(policy: NetworkPolicy): readonly Rule[] {
  return entries(policy.spec?.ingress);
}

/** Whether any of the rules is about a port. */
function portFilter(
  rules: readonly Rule[],
  target: Target,
): (port: number, protocol: Protocol) => boolean {
  // "If this field is empty or missing, this rule matches all ports (traffic not restricted by port)."
  if (rules.some((rule) => !rule.ports?.length)) return () => true;
  const ranges = rules.flatMap((rule) =>
    rulePorts(rule).flatMap((allowed) => portRanges(allowed, target)),
  );
  return (port, protocol) =>
    ranges.some(
      (range) => range.protocol === protocol && range.first <= port && port <= range.last,
    );
}

/** The entries of a rule that is about some ports only; none of a rule about every port. */
export function rulePorts(rule: Rule): readonly NetworkPolicyPort[] {
  return entries(rule.ports);
}

/** The ports of a pod that an entry of a rule is about. */
export function portRanges(allowed: NetworkPolicyPort, target: Target): WrittenRange[] {
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

/** The peers of a rule that is about some sources only; none of a rule about every source. */
export function rulePeers(rule: Rule): readonly NetworkPolicyPeer[] {
  return entries(rule.from);
}

/** "If this field is empty or missing, this rule matches all sources (traffic not restricted by source)." */
function fromMatch(rule: Rule, namespace: string, peer: Peer): Match {
  if (!rule.from?.length) return 'Yes';
  let found: Match = 'No';
  for (const allowed of rulePeers(rule)) {
    const match = peerMatch(allowed, namespace, peer);
    if (match === 'Yes') return match;
    if (match === 'Unknown') found = match;
  }
  return found;
}

/** Whether an entry of `from` is about the source, in a policy of that namespace. */
export function peerMatch(allowed: NetworkPolicyPeer, namespace: string, peer: Peer): Match {
  const { ipBlock, namespaceSelector, podSelector } = allowed;
  // "If this field is set then neither of the other fields can be."
  if (ipBlock) return blockMatch(ipBlock, peer);
  // A source that is no pod is in no namespace, and a peer without any field is none.
  if (!peer.labels || (!namespaceSelector && !podSelector)) return 'No';
  const inNamespace = namespaceSelector
    ? selectorMatches(namespaceSelector, peer.namespaceLabels ?? {})
    : // "Otherwise it selects the pods matching podSelector in the policy's own namespace."
      peer.namespace === namespace;
  // "Otherwise it selects all pods in the namespaces selected by namespaceSelector."
  return matchOf(inNamespace && (!podSelector || selectorMatches(podSelector, peer.labels)));
}

function blockMatch(block: IPBlock, { ips, family }: Peer): Match {
  if (ips.length > 0) return matchOf(ips.some((ip) => blockContains(block, ip)));
  const blocked = blockFamily(block);
  return blocked && (family ?? blocked) === blocked ? 'Unknown' : 'No';
}

/** An entry that is null means to the API server what an empty one does. */
function entries<T extends object>(list: readonly T[] | null | undefined): readonly Partial<T>[] {
  return (list ?? []).map((entry) => entry ?? {});
}
