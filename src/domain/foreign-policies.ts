import { antreaPolicySelects } from './antrea-policy.ts';
import { calicoPolicySelects } from './calico-policy.ts';
import { ciliumPolicySelects } from './cilium-policy.ts';
import type { ForeignPolicy, ForeignTarget } from './foreign-policy.ts';

/**
 * The policies of network plugins' own kinds that may change what gets into any of the pods, as
 * `Kind.group/name`, sorted. What they do to a connection is not worked out: next to one of them, no
 * expectation holds. A policy that can't be read counts, as does a kind that is not known.
 *
 * Policies that are served in two groups (Calico's) are to be passed once.
 */
export function selectingForeignPolicies(
  policies: readonly ForeignPolicy[],
  targets: readonly ForeignTarget[],
): string[] {
  return policies
    .filter((policy) => targets.some((target) => selects(policy, target)))
    .map((policy) => `${policy.kind}.${groupOf(policy)}/${policy.metadata.name}`)
    .sort();
}

function selects(policy: ForeignPolicy, target: ForeignTarget): boolean {
  switch (groupOf(policy)) {
    case 'cilium.io':
      return ciliumPolicySelects(policy, target);
    case 'projectcalico.org':
    case 'crd.projectcalico.org':
      return calicoPolicySelects(policy, target);
    case 'crd.antrea.io':
      return antreaPolicySelects(policy, target);
    default:
      return true;
  }
}

function groupOf({ apiVersion }: ForeignPolicy): string {
  return apiVersion.split('/')[0] ?? '';
}
