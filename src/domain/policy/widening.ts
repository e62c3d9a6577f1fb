import { decidedPort } from '../evaluate/deciding-rules.ts';
import { ingressDecisions } from '../evaluate/network-policy.ts';
import { pluginPolicyName } from '../evaluate/plugin-policies.ts';
import type { Port } from '../evaluate/port-classes.ts';
import { readTieredPolicy } from '../evaluate/read-tiered-policy.ts';
import { type AllPolicies, isolatingPolicies, type PolicyTarget } from '../evaluate/targets.ts';
import { type Tiers, tiersOf } from '../evaluate/tiers.ts';
import { isCovered, type PortRange } from '../workload/port-range.ts';

/** What a policy of ours for everybody would open on pods that others close already. */
export interface WouldWiden {
  ports: readonly PortRange[];
  /** Names of the policies that close them today. */
  by: readonly string[];
}

/** Anybody: matched by no peer of a rule, so allowed only where a rule allows every source. */
export const ANYBODY = { ips: [] };

/**
 * Policies add up, so on pods that one isolates already another can only let more in; a baseline
 * policy has no say any more once a NetworkPolicy selects the pods; and what policies of a plugin's
 * own kind close is not worked out. Undefined where nothing would be opened.
 *
 * @param policies those that select the targets, without ours
 * @param inForce what our policy allows today
 */
export function wouldWiden(
  policies: AllPolicies,
  targets: readonly PolicyTarget[],
  asked: readonly PortRange[],
  inForce: readonly PortRange[],
): WouldWiden | undefined {
  const isolating = isolatingPolicies(policies.networkPolicies, targets);
  const closing = closers(policies, targets, isolating);
  const by = new Set<string>();
  const opened = asked.filter((range) => {
    if (isCovered(range, inForce)) return false;
    const { first, last, protocol } = range;
    // To ask for each port of a range may take long, and whoever isolates the pods closes some of them as a rule.
    const names = closing(first < last ? 'any' : { port: first, protocol });
    for (const name of names) by.add(name);
    return names.length > 0;
  });
  return opened.length > 0 ? { ports: opened, by: [...by].sort() } : undefined;
}

/** Names of the policies that keep somebody out of a port today; of any port, those that may. */
function closers(
  policies: AllPolicies,
  targets: readonly PolicyTarget[],
  isolating: AllPolicies['networkPolicies'],
): (port: Port | 'any') => string[] {
  const foreign = policies.pluginPolicies.map(pluginPolicyName);
  const tiers = tiersOf(policies.tieredPolicies.map(readTieredPolicy));
  const deciders = targets.map((target) => ({
    target,
    decide: ingressDecisions(isolating, ANYBODY)(target),
    by: isolatingPolicies(isolating, [target]).map(({ metadata }) => metadata.name),
  }));
  return (port) => [
    ...foreign,
    ...deciders.flatMap(({ target, decide, by }) => {
      if (port === 'any') return by.length > 0 ? by : tiers.baseline.map(({ name }) => name);
      if (by.length === 0) return denyingBaselines(tiers, target, port);
      return decide(port.port, port.protocol).allowed ? [] : by;
    }),
  ];
}

/**
 * Names of the baseline policies that may keep somebody out of a port of a pod that no NetworkPolicy isolates:
 * the first NetworkPolicy that does takes their word away.
 */
function denyingBaselines(tiers: Tiers, target: PolicyTarget, port: Port): string[] {
  return tiers.baseline
    .filter((policy) => decidedPort(policy, 'Denied', tiers, target, [port]))
    .map(({ name }) => name);
}
