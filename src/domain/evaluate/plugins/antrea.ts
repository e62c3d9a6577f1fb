import type { LabelSelector } from '../../../api/kubernetes.ts';
import { allOf, type Match, selectorMatch } from '../../match/match.ts';
import { fieldsOf } from '../../match/wire-shape.ts';
import type { PluginPolicy, PluginTarget } from './plugin-policy.ts';

interface Spec {
  appliedTo?: AppliedTo[] | null;
  ingress?: { appliedTo?: AppliedTo[] | null }[] | null;
}

interface AppliedTo {
  podSelector?: LabelSelector | null;
  namespaceSelector?: LabelSelector | null;
}

/** What selects no pod: nodes, and virtual machines outside of the cluster. */
const NOT_PODS = ['nodeSelector', 'externalEntitySelector'];

/**
 * Whether a NetworkPolicy or ClusterNetworkPolicy of Antrea (crd.antrea.io) may change what gets into
 * a pod. It has no effect beyond its rules, so one without ingress rules has none on ingress. A rule's
 * own appliedTo stands where the policy has none.
 */
export function antreaPolicySelects(policy: PluginPolicy, target: PluginTarget): boolean {
  const clusterwide = policy.kind === 'ClusterNetworkPolicy';
  if (!clusterwide && policy.metadata.namespace !== target.namespace) return false;
  const { appliedTo, ingress } = (policy.spec ?? {}) as Spec;
  const groups = (ingress ?? []).map((rule) => (appliedTo?.length ? appliedTo : rule?.appliedTo));
  return groups.some(
    (group) => !group?.length || group.some((each) => appliesTo(each, target) !== 'No'),
  );
}

/** Groups, Services and service accounts may stand for any pod. */
function appliesTo(appliedTo: AppliedTo | null, target: PluginTarget): Match {
  const fields = fieldsOf(appliedTo);
  if (fields.length > 0 && fields.every((field) => NOT_PODS.includes(field))) return 'No';
  const { podSelector, namespaceSelector, ...others } = appliedTo ?? {};
  if ((!podSelector && !namespaceSelector) || fieldsOf(others).length > 0) return 'Unknown';
  return allOf([
    selectorMatch(podSelector ?? {}, target.labels),
    selectorMatch(namespaceSelector ?? {}, target.namespaceLabels),
  ]);
}
