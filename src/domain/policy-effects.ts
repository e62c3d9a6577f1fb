import { isolatesIngress } from './evaluate.ts';
import { groupOf } from './foreign-policies.ts';
import { networkPolicyEffect } from './network-policy-effect.ts';
import { once } from './once.ts';
import { type Port, portClasses } from './port-classes.ts';
import { readTieredPolicy } from './read-tiered-policy.ts';
import type { AllPolicies, PolicyTarget } from './targets.ts';
import { tieredEffect } from './tiered-effect.ts';
import { tiersOf } from './tiers.ts';

export type Effect = 'Managed' | 'Widens' | 'Restricts' | 'None' | 'Unknown';

/** What a policy that selects the pods does to them. */
export interface PolicyEffect {
  /** API group and kind of the policy. */
  group: string;
  kind: string;
  name: string;
  effect: Effect;
  message: string;
}

/** Whether a policy opens undeclared ports to somebody, or may: what answers there says nothing against ours. */
export function mayOpen({ effect }: PolicyEffect): boolean {
  return effect === 'Widens' || effect === 'Unknown';
}

/**
 * Every policy that may have a say about the targets, and what it does beside the declaration, to anybody: what is
 * decided by it about those whom its rules are about, whatever its rules say one by one.
 *
 * @param policies those that select the targets
 */
export function policyEffects(
  { networkPolicies, tieredPolicies, foreignPolicies }: AllPolicies,
  targets: readonly PolicyTarget[],
  declared: readonly Port[],
  managedName: string | undefined,
): PolicyEffect[] {
  const read = tieredPolicies.map((policy) => ({ policy, asRead: readTieredPolicy(policy) }));
  const tiers = tiersOf(read.map(({ asRead }) => asRead));
  const classes = portClasses(declared);
  const notIsolated = once(() =>
    targets.filter((target) => !networkPolicies.some((policy) => isolatesIngress(policy, target))),
  );
  const tiered = tieredEffect({ tiers, classes, targets, notIsolated });
  return [
    ...networkPolicies.map((policy) => ({
      group: 'networking.k8s.io',
      kind: 'NetworkPolicy',
      name: policy.metadata.name,
      ...networkPolicyEffect(policy, { tiers, classes, targets, managedName }),
    })),
    ...read.map(({ policy, asRead }) => ({
      group: groupOf(policy),
      kind: policy.kind,
      name: policy.metadata.name,
      ...tiered(asRead),
    })),
    ...foreignPolicies.map((policy) => ({
      group: groupOf(policy),
      kind: policy.kind,
      name: policy.metadata.name,
      effect: 'Unknown' as const,
      message: 'May decide about connections to the pods; portlock does not work out how',
    })),
  ];
}
