import type { NetworkPolicyPort, Protocol } from '../../api/kubernetes.ts';
import { decidedPort } from '../evaluate/deciding-rules.ts';
import { ingressDecisions } from '../evaluate/network-policy.ts';
import { pluginPolicyName } from '../evaluate/plugin-policies.ts';
import { readTieredPolicy } from '../evaluate/read-tiered-policy.ts';
import { type AllPolicies, isolatingPolicies, type PolicyTarget } from '../evaluate/targets.ts';
import { type Tiers, tiersOf } from '../evaluate/tiers.ts';
import { type DeclaredPort, portKey } from '../workload/declared-ports.ts';

/** What a policy of ours for everybody would open on pods that others close already. */
export interface WouldWiden {
  ports: readonly DeclaredPort[];
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
  ports: readonly DeclaredPort[],
  inForce: readonly NetworkPolicyPort[],
): WouldWiden | undefined {
  const open = new Set(inForce.map(({ port, protocol }) => `${port}/${protocol ?? 'TCP'}`));
  const asked = ports.filter(({ port, protocol }) => !open.has(portKey(port, protocol)));
  const isolating = isolatingPolicies(policies.networkPolicies, targets);
  const closing = closers(policies, targets, isolating);
  const by = new Set<string>();
  const opened = asked.filter(({ port, protocol }) => {
    const names = closing(port, protocol);
    for (const name of names) by.add(name);
    return names.length > 0;
  });
  return opened.length > 0 ? { ports: opened, by: [...by].sort() } : undefined;
}

/** Names of the policies that keep somebody out of a port today. */
function closers(
  policies: AllPolicies,
  targets: readonly PolicyTarget[],
  isolating: AllPolicies['networkPolicies'],
): (port: number, protocol: Protocol) => string[] {
  const foreign = policies.pluginPolicies.map(pluginPolicyName);
  const tiers = tiersOf(policies.tieredPolicies.map(readTieredPolicy));
  const deciders = targets.map((target) => ({
    target,
    decide: ingressDecisions(isolating, ANYBODY)(target),
    by: isolatingPolicies(isolating, [target]).map(({ metadata }) => metadata.name),
  }));
  return (port, protocol) => [
    ...foreign,
    ...deciders.flatMap(({ target, decide, by }) => {
      if (by.length === 0) return denyingBaselines(tiers, target, port, protocol);
      return decide(port, protocol).allowed ? [] : by;
    }),
  ];
}

/**
 * Names of the baseline policies that may keep somebody out of a port of a pod that no NetworkPolicy isolates:
 * the first NetworkPolicy that does takes their word away.
 */
function denyingBaselines(
  tiers: Tiers,
  target: PolicyTarget,
  port: number,
  protocol: Protocol,
): string[] {
  return tiers.baseline
    .filter((policy) => decidedPort(policy, 'Denied', tiers, target, [{ port, protocol }]))
    .map(({ name }) => name);
}
