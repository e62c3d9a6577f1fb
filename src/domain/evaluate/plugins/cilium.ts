import type { LabelSelector, LabelSelectorRequirement } from '../../../api/kubernetes.ts';
import type { PluginPolicy, PluginTarget } from './plugin-policy.ts';

interface Rule {
  endpointSelector?: LabelSelector | null;
  nodeSelector?: LabelSelector | null;
  ingress?: unknown[] | null;
  ingressDeny?: unknown[] | null;
  enableDefaultDeny?: { ingress?: boolean } | null;
}

const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';
/** Labels that Cilium gives to endpoints, or takes from elsewhere than the pod. */
const OWN = ['io.cilium.', 'io.kubernetes.'];

/**
 * Whether a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy may change what gets into a pod.
 * "Rule is a policy rule which must be applied to all endpoints which match the labels contained in
 * the endpointSelector." (cilium.io/v2)
 */
export function ciliumPolicySelects(policy: PluginPolicy, target: PluginTarget): boolean {
  const clusterwide = policy.kind === 'CiliumClusterwideNetworkPolicy';
  // "EndpointSelector always applies in namespace of the policy resource."
  if (!clusterwide && policy.metadata.namespace !== target.namespace) return false;
  const rules = [policy.spec, ...(Array.isArray(policy.specs) ? policy.specs : [])];
  return rules.some((each) => {
    const rule = each as Rule | null | undefined;
    return rule ? speaksOfIngress(rule) && ruleSelects(rule, target, clusterwide) : false;
  });
}

/** Of ingress and of ingressDeny: "If omitted or empty, this rule does not apply at ingress." enableDefaultDeny makes it do so without either. */
function speaksOfIngress({ ingress, ingressDeny, enableDefaultDeny }: Rule): boolean {
  return Boolean(ingress?.length || ingressDeny?.length || enableDefaultDeny?.ingress);
}

function ruleSelects(rule: Rule, target: PluginTarget, clusterwide: boolean): boolean {
  const { endpointSelector, nodeSelector } = rule;
  // "EndpointSelector and NodeSelector cannot be both empty and are mutually exclusive." Nodes are no pods.
  if (!endpointSelector) return !nodeSelector;
  const requirements = [
    ...Object.entries(endpointSelector.matchLabels ?? {}).map(([key, value]) => ({
      key,
      operator: 'In',
      values: [value],
    })),
    ...(endpointSelector.matchExpressions ?? []),
  ];
  return requirements.every((requirement) => mayHold(requirement, target, clusterwide));
}

/** Whether a requirement may hold for the pod. A key may begin with the label's source: `k8s:app`, `any:app`, `reserved:host`. */
function mayHold(
  requirement: LabelSelectorRequirement,
  target: PluginTarget,
  clusterwide: boolean,
): boolean {
  const [, source = 'any', name = ''] = /^(?:([^:]*):)?(.*)$/s.exec(requirement.key) ?? [];
  // Reserved labels are those of Cilium's own endpoints, and of pods whose labels it does not know yet.
  if (source === 'reserved') return name === 'init' || !isPositive(requirement);
  if (!['any', 'k8s', ''].includes(source)) return true;
  // The namespace was compared, and a namespaced policy can't name another.
  if (name === NAMESPACE) return !clusterwide || holds(requirement, target.namespace);
  const label = name.startsWith(NAMESPACE_LABELS)
    ? ownValue(target.namespaceLabels, name.slice(NAMESPACE_LABELS.length))
    : ownValue(target.labels, name);
  if (label === undefined && OWN.some((prefix) => name.startsWith(prefix))) return true;
  // Cilium may be told to ignore labels, so that one is there is no reason against a negation.
  return !isPositive(requirement) || holds(requirement, label);
}

function isPositive({ operator }: LabelSelectorRequirement): boolean {
  return operator === 'In' || operator === 'Exists';
}

function holds(requirement: LabelSelectorRequirement, value: string | undefined): boolean {
  const { operator, values } = requirement;
  switch (operator) {
    case 'In':
      return value !== undefined && (values ?? []).includes(value);
    case 'NotIn':
      return value === undefined || !(values ?? []).includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}

function ownValue(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
