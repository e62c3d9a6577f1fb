import { OVN_LOGICAL_SWITCH, OVN_SECURITY_GROUPS } from '../../../api/names.ts';
import type { PluginPolicy, PluginTarget } from './plugin-policy.ts';

interface SubnetSpec {
  default?: boolean | null;
  namespaces?: string[] | null;
  private?: boolean | null;
  acls?: { direction?: string }[] | null;
}

/**
 * Whether a SecurityGroup or Subnet of Kube-OVN (kubeovn.io/v1) may change what gets into a pod. A pod
 * names its security groups in an annotation; the subnet that it is in, Kube-OVN writes on it.
 */
export function kubeOvnPolicySelects(policy: PluginPolicy, target: PluginTarget): boolean {
  const { name } = policy.metadata;
  if (policy.kind === 'SecurityGroup') {
    const groups = target.annotations[OVN_SECURITY_GROUPS]?.split(',') ?? [];
    return groups.some((group) => group.trim() === name);
  }
  if (policy.kind !== 'Subnet') return true;
  const spec = (policy.spec ?? {}) as SubnetSpec;
  return restrictsIngress(spec) && holds(name, spec, target);
}

/** "to-lport" is towards the pod. A private subnet is closed to all others. */
function restrictsIngress({ private: isPrivate, acls }: SubnetSpec): boolean {
  return Boolean(isPrivate) || (acls ?? []).some((acl) => acl?.direction !== 'from-lport');
}

function holds(name: string, spec: SubnetSpec, target: PluginTarget): boolean {
  const subnet = target.annotations[OVN_LOGICAL_SWITCH];
  if (subnet !== undefined) return subnet === name;
  return Boolean(spec.default) || (spec.namespaces ?? []).includes(target.namespace);
}
