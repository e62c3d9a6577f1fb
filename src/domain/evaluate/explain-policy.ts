import type { NetworkPolicy, Protocol } from '../../api/kubernetes.ts';
import { allOf, type Match, matchOf } from '../match/match.ts';
import {
  ingressRules,
  isolatesIngress,
  type Peer,
  peerMatch,
  portRanges,
  rulePeers,
  rulePorts,
  selectsPod,
  type Target,
} from './network-policy.ts';

/** A field of a policy that decides, or does not. */
export interface DecidingField {
  /** Such as `spec.ingress[0].ports[1]`. */
  path: string;
  /** What stands there; undefined where the field is not there. */
  value: unknown;
  match: Match;
}

/** What a rule says about a connection: it lets it in where both fields match. */
export interface ExplainedRule {
  /** Such as `spec.ingress[0]`. */
  path: string;
  ports: DecidingField;
  from: DecidingField;
  letsIn: Match;
}

/** What a NetworkPolicy says about a connection. */
export interface ExplainedPolicy {
  name: string;
  /** Whether it is about the pod at all, and isolates it for ingress. */
  isolates: DecidingField;
  /** None where it does not isolate the pod. */
  rules: readonly ExplainedRule[];
}

/** A connection: undefined `from` is anybody, whom a rule lets in only where it says nothing about sources. */
export interface Connection {
  port: number;
  protocol: Protocol;
  from: Peer | undefined;
}

/** Explains a policy rule by rule, by the same readings by which connections are decided. */
export function explainPolicy(
  policy: NetworkPolicy,
  target: Target,
  connection: Connection,
): ExplainedPolicy {
  const isolates = isolatingField(policy, target);
  const rules =
    isolates.match === 'Yes'
      ? ingressRules(policy).map((rule, index) =>
          explainRule(rule, `spec.ingress[${index}]`, { policy, target, connection }),
        )
      : [];
  return { name: policy.metadata.name, isolates, rules };
}

interface Setting {
  policy: NetworkPolicy;
  target: Target;
  connection: Connection;
}

function isolatingField(policy: NetworkPolicy, target: Target): DecidingField {
  const isInNamespace = (policy.metadata.namespace ?? '') === target.namespace;
  const match = matchOf(isolatesIngress(policy, target));
  if (!isInNamespace)
    return { path: 'metadata.namespace', value: policy.metadata.namespace, match };
  return match === 'No' && selectsPod(policy, target.labels)
    ? { path: 'spec.policyTypes', value: policy.spec.policyTypes, match }
    : { path: 'spec.podSelector', value: policy.spec.podSelector, match };
}

function explainRule(
  rule: ReturnType<typeof ingressRules>[number],
  path: string,
  setting: Setting,
): ExplainedRule {
  const ports = portsField(rule, `${path}.ports`, setting);
  const from = fromField(rule, `${path}.from`, setting);
  return { path, ports, from, letsIn: allOf([ports.match, from.match]) };
}

function portsField(
  rule: Parameters<typeof rulePorts>[0],
  path: string,
  { target, connection: { port, protocol } }: Setting,
): DecidingField {
  const ports = rulePorts(rule);
  if (ports.length === 0) return { path, value: undefined, match: 'Yes' };
  const index = ports.findIndex((each) =>
    portRanges(each, target).some(
      (range) => range.protocol === protocol && range.first <= port && port <= range.last,
    ),
  );
  return index < 0
    ? { path, value: ports, match: 'No' }
    : { path: `${path}[${index}]`, value: ports[index], match: 'Yes' };
}

function fromField(
  rule: Parameters<typeof rulePeers>[0],
  path: string,
  { policy, connection: { from } }: Setting,
): DecidingField {
  const peers = rulePeers(rule);
  if (peers.length === 0) return { path, value: undefined, match: 'Yes' };
  const namespace = policy.metadata.namespace ?? '';
  // Of anybody it may be the one whom an entry is about.
  const matches = peers.map((each) => (from ? peerMatch(each, namespace, from) : 'Unknown'));
  for (const match of ['Yes', 'Unknown'] as const) {
    const index = matches.indexOf(match);
    if (index >= 0)
      return from
        ? { path: `${path}[${index}]`, value: peers[index], match }
        : { path, value: peers, match };
  }
  return { path, value: peers, match: 'No' };
}
