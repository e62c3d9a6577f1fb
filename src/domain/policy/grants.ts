import type {
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Protocol,
} from '../../api/kubernetes.ts';
import { NAMESPACE_NAME_LABEL } from '../../api/names.ts';
import { portKey } from '../workload/declared-ports.ts';
import {
  byRange,
  isInRange,
  type PortRange,
  rangeKey,
  startsWithin,
} from '../workload/port-range.ts';
import type { ListedPort } from '../workload/port-text.ts';
import {
  ANYBODY,
  covers,
  type SourceEntry,
  type Sources,
  sourcesFrom,
} from '../workload/sources.ts';

/** Ports that a policy allows, and to whom as far as allow-from can say it: an empty list where that is nobody. */
export interface Grant extends PortRange {
  sources: Sources;
}

/**
 * What a policy of ours allows, sorted; undefined where a rule, or the lack of any, is not as portlock writes it.
 * Peers and names, which it does not write, count for nothing. Ranges may overlap.
 */
export function grantsOf({ spec }: NetworkPolicy): readonly Grant[] | undefined {
  const rules = spec.ingress ?? [];
  if (rules.length === 0 || rules.some(({ ports }) => !ports?.length)) return undefined;
  const found = new Map<string, Grant>();
  for (const grant of rules.flatMap(grantsOfRule)) {
    const key = rangeKey(grant);
    const before = found.get(key)?.sources ?? [];
    found.set(key, { ...grant, sources: sourcesFrom([...before, ...grant.sources]) });
  }
  return [...found.values()].sort(byRange);
}

/** Whom grants let in to a port, all together: nobody where none is about it. */
export function letInBy(grants: readonly Grant[]): (port: ListedPort) => Sources {
  const ranges = grants.filter(({ first, last }) => first < last);
  const single = new Map(
    grants
      .filter(({ first, last }) => first === last)
      .map(({ first, protocol, sources }) => [portKey(first, protocol), sources]),
  );
  return (port) => {
    const own = single.get(portKey(port.port, port.protocol)) ?? [];
    const around = ranges.filter((range) => isInRange(range, port));
    return around.length === 0
      ? own
      : sourcesFrom([...own, ...around.flatMap(({ sources }) => sources)]);
  };
}

/** Whether grants, all together, allow all that a grant does. */
export function grantedBy(grants: readonly Grant[]): (grant: Grant) => boolean {
  const letIn = letInBy(grants);
  return (grant) => startsWithin(grant, grants).every((port) => covers(letIn(port), grant.sources));
}

function grantsOfRule({ from, ports = [] }: NetworkPolicyIngressRule): Grant[] {
  // "If this field is empty or missing, this rule matches all sources (traffic not restricted by source)."
  const sources = from?.length ? sourcesFrom(from.flatMap(entryOf)) : ANYBODY;
  return ports.flatMap((port) => {
    const range = rangeOnTheWire(port);
    return range ? [{ ...range, sources }] : [];
  });
}

/** The ports of an entry of a policy; undefined where it has no number. */
export function rangeOnTheWire({
  port,
  endPort,
  protocol = 'TCP',
}: NetworkPolicyPort): PortRange | undefined {
  if (typeof port !== 'number') return undefined;
  return { first: port, last: endPort ?? port, protocol: protocol as Protocol };
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
