import { allOf, type Match } from '../../match/match.ts';
import { calicoSelectorMatch } from './calico-selector.ts';
import type { PluginPolicy, PluginTarget } from './plugin-policy.ts';

interface Spec {
  selector?: string | null;
  namespaceSelector?: string | null;
  serviceAccountSelector?: string | null;
  types?: string[] | null;
  ingress?: unknown[] | null;
  egress?: unknown[] | null;
  applyOnForward?: boolean | null;
}

/** Labels that Calico gives to endpoints: its own, and those of their namespace and service account. */
const HIDDEN = ['projectcalico.org/', 'pcns.', 'pcsa.'];

/**
 * Whether a NetworkPolicy or GlobalNetworkPolicy of Calico (projectcalico.org/v3, or
 * crd.projectcalico.org/v1 where it is stored) may change what gets into a pod. "The selector is an
 * expression used to pick out the endpoints that the policy should be applied to."
 */
export function calicoPolicySelects(policy: PluginPolicy, target: PluginTarget): boolean {
  const global = policy.kind === 'GlobalNetworkPolicy';
  if (!global && policy.metadata.namespace !== target.namespace) return false;
  const spec = (policy.spec ?? {}) as Spec;
  if (!speaksOfIngress(spec)) return false;
  // It may select hosts, and pods are behind them.
  if (spec.applyOnForward) return true;
  const pod = { ...target.labels, 'projectcalico.org/namespace': target.namespace };
  const namespace = { ...target.namespaceLabels, 'projectcalico.org/name': target.namespace };
  const match = allOf([
    selectorMatch(spec.selector, pod),
    // "NamespaceSelector is an optional field for an expression used to select a pod based on namespaces."
    global ? selectorMatch(spec.namespaceSelector, namespace) : 'Yes',
    spec.serviceAccountSelector ? 'Unknown' : 'Yes',
  ]);
  return match !== 'No';
}

/** Types not given: "[ PolicyTypeIngress ], if there are no Egress rules … [ PolicyTypeEgress ], if there are Egress rules but no Ingress rules … both, if there are both". */
function speaksOfIngress({ types, ingress, egress }: Spec): boolean {
  if (types?.length) return types.includes('Ingress');
  return Boolean(ingress?.length) || !egress?.length;
}

function selectorMatch(
  selector: string | null | undefined,
  labels: Readonly<Record<string, string>>,
): Match {
  const isHidden = (label: string) => HIDDEN.some((prefix) => label.startsWith(prefix));
  return calicoSelectorMatch(selector ?? '', { labels, isHidden });
}
