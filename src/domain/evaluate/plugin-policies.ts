import { antreaPolicySelects } from './plugins/antrea.ts';
import { calicoPolicySelects } from './plugins/calico.ts';
import { ciliumPolicySelects } from './plugins/cilium.ts';
import { kubeOvnPolicySelects } from './plugins/kube-ovn.ts';
import type { PluginPolicy, PluginTarget } from './plugins/plugin-policy.ts';

/**
 * The policies of network plugins' own kinds that may change what gets into any of the pods, by name.
 * What they do to a connection is not worked out: next to one of them, no expectation holds. A policy
 * that can't be read counts, as does a kind that is not known.
 *
 * Policies that are served in two groups (Calico's) are to be passed once.
 */
export function selectingPluginPolicies(
  policies: readonly PluginPolicy[],
  targets: readonly PluginTarget[],
): PluginPolicy[] {
  return policies
    .filter((policy) => targets.some((target) => maySelect(policy, target)))
    .sort((a, b) => (pluginPolicyName(a) < pluginPolicyName(b) ? -1 : 1));
}

/** `Kind.group/name`. */
export function pluginPolicyName(policy: PluginPolicy): string {
  return `${policy.kind}.${groupOf(policy)}/${policy.metadata.name}`;
}

/** What cannot be read may say anything. */
function maySelect(policy: PluginPolicy, target: PluginTarget): boolean {
  try {
    return selects(policy, target);
  } catch (error) {
    if (error instanceof TypeError) return true;
    throw error;
  }
}

function selects(policy: PluginPolicy, target: PluginTarget): boolean {
  switch (groupOf(policy)) {
    case 'cilium.io':
      return ciliumPolicySelects(policy, target);
    case 'projectcalico.org':
    case 'crd.projectcalico.org':
      return calicoPolicySelects(policy, target);
    case 'crd.antrea.io':
      return antreaPolicySelects(policy, target);
    case 'kubeovn.io':
      return kubeOvnPolicySelects(policy, target);
    default:
      return true;
  }
}

/** The API group of a policy. */
export function groupOf({ apiVersion }: Pick<PluginPolicy, 'apiVersion'>): string {
  return apiVersion.split('/')[0] ?? '';
}
