import type { PolicyEffect } from './effect.ts';
import { isolatesIngress } from './network-policy.ts';
import { networkPolicyEffect } from './network-policy-effect.ts';
import { once } from './once.ts';
import { groupOf } from './plugin-policies.ts';
import { declaredAlone, type Port, portClasses } from './port-classes.ts';
import { readTieredPolicy } from './read-tiered-policy.ts';
import type { AllPolicies, PolicyTarget } from './targets.ts';
import { tieredEffect } from './tiered-effect.ts';
import { tiersOf } from './tiers.ts';

/**
 * Every policy that may have a say about the targets, and what it does beside the declaration, to anybody. That is
 * what is decided by it about those whom its rules are about, not what each rule says.
 *
 * @param policies those that select the targets
 */
export function policyEffects(
  { networkPolicies, tieredPolicies, pluginPolicies }: AllPolicies,
  targets: readonly PolicyTarget[],
  declared: readonly Port[],
  managedName: string | undefined,
): PolicyEffect[] {
  const read = tieredPolicies.map((policy) => ({ policy, asRead: readTieredPolicy(policy) }));
  const tiers = tiersOf(read.map(({ asRead }) => asRead));
  const classes = portClasses(declared);
  const isDeclared = declaredAlone(declared);
  const notIsolated = once(() =>
    targets.filter((target) => !networkPolicies.some((policy) => isolatesIngress(policy, target))),
  );
  const tiered = tieredEffect({ tiers, classes, targets, notIsolated });
  return [
    ...networkPolicies.map((policy) => ({
      group: 'networking.k8s.io',
      kind: 'NetworkPolicy',
      name: policy.metadata.name,
      ...networkPolicyEffect(policy, { tiers, classes, isDeclared, targets, managedName }),
    })),
    ...read.map(({ policy, asRead }) => ({
      group: groupOf(policy),
      kind: policy.kind,
      name: policy.metadata.name,
      ...tiered(asRead),
    })),
    ...pluginPolicies.map((policy) => ({
      group: groupOf(policy),
      kind: policy.kind,
      name: policy.metadata.name,
      effect: 'Unknown' as const,
      message: 'May decide about connections to the pods; portlock does not work out how',
    })),
  ];
}
