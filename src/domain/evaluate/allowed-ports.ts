import type { NetworkPolicy } from '../../api/kubernetes.ts';
import {
  ingressRules,
  isolatesIngress,
  portRanges,
  rulePeers,
  rulePorts,
  type WrittenRange,
} from './network-policy.ts';
import { LAST_PORT, PROTOCOLS } from './port-classes.ts';
import { sourcesOfIngressRule } from './rule-sources.ts';
import type { TieredTarget } from './tier-endings.ts';

/** Ports that NetworkPolicies allow, and whether to everybody or to some only. */
export interface AllowedRange extends WrittenRange {
  to: 'everybody' | 'some';
}

/** "If this field is empty or missing, this rule matches all ports (traffic not restricted by port)." */
const EVERY_PORT: readonly WrittenRange[] = PROTOCOLS.map((protocol) => ({
  protocol,
  first: 1,
  last: LAST_PORT,
}));

/**
 * What the rules of NetworkPolicies let in to a pod, as they are written, by number. Undefined where none isolates the pod:
 * then everything gets in. Other tiers may decide before and after them.
 */
export function allowedPorts(
  policies: readonly NetworkPolicy[],
  target: TieredTarget,
): AllowedRange[] | undefined {
  const isolating = policies.filter((policy) => isolatesIngress(policy, target));
  if (isolating.length === 0) return undefined;
  const found = new Map<string, AllowedRange>();
  for (const rule of isolating.flatMap(ingressRules)) {
    if (sourcesOfIngressRule(rule, target).length === 0) continue;
    const to = rulePeers(rule).length > 0 ? 'some' : 'everybody';
    const ports = rulePorts(rule);
    const ranges =
      ports.length > 0 ? ports.flatMap((each) => portRanges(each, target)) : EVERY_PORT;
    for (const range of ranges) {
      const key = `${range.protocol} ${range.first} ${range.last}`;
      if (found.get(key)?.to !== 'everybody') found.set(key, { ...range, to });
    }
  }
  return [...found.values()].sort(
    (a, b) => a.first - b.first || a.last - b.last || (a.protocol < b.protocol ? -1 : 1),
  );
}
