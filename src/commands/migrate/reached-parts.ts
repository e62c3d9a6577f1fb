import type { NetworkPolicy, NetworkPolicyPeer } from '../../api/kubernetes.ts';
import { NAMESPACE_NAME_LABEL } from '../../api/names.ts';
import { LAST_PORT, PROTOCOLS } from '../../domain/evaluate/port-classes.ts';
import { type Reach, reachChanges } from '../../domain/evaluate/reach.ts';
import type { TieredTarget } from '../../domain/evaluate/tier-endings.ts';
import type { PortRange } from '../../domain/workload/port-range.ts';
import { type SourceEntry, type Sources, sourcesFrom } from '../../domain/workload/sources.ts';

/** Ports that policies let somebody in to, and whom. */
export interface ReachedPart extends PortRange {
  reach: Reach;
}

/** What policies that isolate a pod let in, by port; what they close is left out. */
export function reachedParts(
  policies: readonly NetworkPolicy[],
  target: TieredTarget,
): ReachedPart[] {
  const restricted = reachChanges(policies, [], target);
  return PROTOCOLS.flatMap((protocol) => {
    const parts: ReachedPart[] = [];
    let next = 1;
    for (const { first, last, before } of restricted.filter((each) => each.protocol === protocol)) {
      if (next < first) parts.push({ protocol, first: next, last: first - 1, reach: 'everybody' });
      parts.push({ protocol, first, last, reach: before });
      next = last + 1;
    }
    if (next <= LAST_PORT)
      parts.push({ protocol, first: next, last: LAST_PORT, reach: 'everybody' });
    return parts.filter(({ reach }) => reach === 'everybody' || reach.length > 0);
  });
}

/** Whom allow-from has to name to let all of them in, and nobody in vain where it can say so. */
export function sourcesOfReach(reach: Reach): Sources {
  return reach === 'everybody' ? ['any'] : sourcesFrom(reach.map(sourceOfPeer));
}

/** "podSelector ... If namespaceSelector is not set, selects pods in the policy's own namespace" (NetworkPolicyPeer). */
function sourceOfPeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer): SourceEntry {
  if (ipBlock !== undefined) return 'any';
  if (namespaceSelector === undefined) return podSelector === undefined ? 'any' : 'same-namespace';
  const { matchLabels = {}, matchExpressions = [] } = namespaceSelector;
  const name = matchLabels[NAMESPACE_NAME_LABEL];
  return name !== undefined && matchExpressions.length === 0 ? `namespace/${name}` : 'any';
}
