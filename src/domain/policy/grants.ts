import type {
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  Protocol,
} from '../../api/kubernetes.ts';
import { NAMESPACE_NAME_LABEL } from '../../api/names.ts';
import { byPortThenProtocol, portKey } from '../workload/declared-ports.ts';
import { ANYBODY, type SourceEntry, type Sources, sourcesFrom } from '../workload/sources.ts';

/** A port that a policy allows, and to whom as far as allow-from can say it: an empty list where that is nobody. */
export interface Grant {
  port: number;
  protocol: Protocol;
  sources: Sources;
}

/**
 * What a policy of ours allows, sorted by port; undefined where a rule, or the lack of any, is not as portlock
 * writes it. Peers, names and ranges, which it does not write, count for nothing.
 */
export function grantsOf({ spec }: NetworkPolicy): readonly Grant[] | undefined {
  const rules = spec.ingress ?? [];
  if (rules.length === 0 || rules.some(({ ports }) => !ports?.length)) return undefined;
  const found = new Map<string, Grant>();
  for (const { port, protocol, sources } of rules.flatMap(grantsOfRule)) {
    const key = portKey(port, protocol);
    const before = found.get(key)?.sources ?? [];
    found.set(key, { port, protocol, sources: sourcesFrom([...before, ...sources]) });
  }
  return [...found.values()].sort(byPortThenProtocol);
}

function grantsOfRule({ from, ports = [] }: NetworkPolicyIngressRule): Grant[] {
  // "If this field is empty or missing, this rule matches all sources (traffic not restricted by source)."
  const sources = from?.length ? sourcesFrom(from.flatMap(entryOf)) : ANYBODY;
  return ports.flatMap(({ port, endPort, protocol = 'TCP' }) =>
    typeof port === 'number' && endPort === undefined
      ? [{ port, protocol: protocol as Protocol, sources }]
      : [],
  );
}

function entryOf({ ipBlock, namespaceSelector, podSelector }: NetworkPolicyPeer): SourceEntry[] {
  if (ipBlock || (podSelector && !isEmpty(podSelector))) return [];
  if (!namespaceSelector) return podSelector ? ['same-namespace'] : [];
  const name = namespaceSelector.matchLabels?.[NAMESPACE_NAME_LABEL];
  const isPlain = Object.keys(namespaceSelector.matchLabels ?? {}).length === 1;
  const hasMore = (namespaceSelector.matchExpressions ?? []).length > 0;
  return name !== undefined && isPlain && !hasMore ? [`namespace/${name}`] : [];
}

function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && !matchExpressions?.length;
}
