import type { LabelSelector, NetworkPolicy } from '../../api/kubernetes.ts';
import { labelsAskedBy } from '../match/label-selector.ts';
import { unlikePods } from '../match/unlike-pods.ts';
import { canonicalJson } from '../text/canonical.ts';
import { labelsToCome } from '../workload/labels-to-come.ts';
import type { Namespace, Pod, Workload } from '../workload/workload.ts';
import { isolatesIngress, selectsPod } from './network-policy.ts';
import { pluginPolicyName, selectingPluginPolicies } from './plugin-policies.ts';
import type { PluginPolicy, PluginTarget } from './plugins/plugin-policy.ts';
import { readTieredPolicy } from './read-tiered-policy.ts';
import type { TieredTarget } from './tier-endings.ts';
import { type PolicySet, selectingTieredPolicies } from './tiers.ts';

/** All policies that may have a say about what gets into pods. */
export interface AllPolicies extends PolicySet {
  pluginPolicies: readonly PluginPolicy[];
}

/** A pod as all kinds of policies see it. */
export type PolicyTarget = TieredTarget & PluginTarget;

/**
 * The distinct pods that policies can tell apart: the live ones, or those that the template would make. Their
 * order does not depend on that of the pods: what is said names the first for which something holds.
 */
export function policyTargets(
  workload: Workload,
  namespace: Namespace,
  pods: readonly Pod[],
  policies: AllPolicies,
): PolicyTarget[] {
  const live = pods.filter((pod) => pod.live && !pod.hostNetwork);
  if (live.length === 0) return targetsToCome(workload, namespace, NO_POLICIES);
  const place = placeOf(workload, namespace);
  const keys = selectorKeys(policies);
  const distinct = new Map<string, PolicyTarget>();
  const partsOf = ({ annotations, ports }: Pod) => [annotations, ports];
  for (const { labels, annotations, ports } of unlikePods(live, { keys, partsOf })) {
    const seen = keys ? Object.entries(labels).filter(([key]) => keys.has(key)) : labels;
    const signature = JSON.stringify([keys ? seen : Object.entries(labels), annotations, ports]);
    if (!distinct.has(signature)) distinct.set(signature, { ...place, labels, annotations, ports });
  }
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}

/**
 * The pods that the template makes next, with the labels that their controller will add: first one of whose values nobody
 * knows, then one for each value that a policy asks for.
 */
export function targetsToCome(
  workload: Workload,
  namespace: Namespace,
  policies: Pick<AllPolicies, 'networkPolicies' | 'tieredPolicies'>,
): PolicyTarget[] {
  const { labels, annotations, ports } = workload.template;
  const asked = podSelectors(policies).flatMap(labelsAskedBy);
  return labelsToCome(workload, asked).map((added) => ({
    ...placeOf(workload, namespace),
    labels: { ...labels, ...added },
    annotations,
    ports,
  }));
}

const NO_POLICIES = { networkPolicies: [], tieredPolicies: [] };

function placeOf(workload: Workload, namespace: Namespace) {
  return { namespace: workload.namespace, namespaceLabels: namespace.labels };
}

/**
 * The label keys that any policy's selector speaks of: pods that differ in no other label are one
 * target. Undefined where that cannot be told, as plugins have selectors of their own.
 */
function selectorKeys(policies: AllPolicies): ReadonlySet<string> | undefined {
  if (policies.pluginPolicies.length > 0) return undefined;
  return new Set(podSelectors(policies).flatMap(keysOfSelector));
}

/** The selectors of pods by which policies say whom they are about. */
export function podSelectors({
  networkPolicies,
  tieredPolicies,
}: Pick<AllPolicies, 'networkPolicies' | 'tieredPolicies'>): LabelSelector[] {
  return [
    ...networkPolicies.map(({ spec }) => spec?.podSelector),
    ...tieredPolicies.map((policy) => readTieredPolicy(policy).subject?.pods?.podSelector),
  ].filter((selector) => selector !== undefined && selector !== null);
}

function keysOfSelector({ matchLabels, matchExpressions }: LabelSelector): string[] {
  return [
    ...Object.keys(matchLabels ?? {}),
    ...(matchExpressions ?? []).flatMap((requirement) => requirement?.key ?? []),
  ];
}

/** Of all policies, those that may have a say about the targets, each kind by name. */
export function policiesSelecting(
  policies: AllPolicies,
  targets: readonly PolicyTarget[],
): AllPolicies {
  return {
    networkPolicies: policies.networkPolicies
      .filter((policy) =>
        targets.some(
          (target) =>
            policy.metadata.namespace === target.namespace && selectsPod(policy, target.labels),
        ),
      )
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)),
    tieredPolicies: selectingTieredPolicies(policies.tieredPolicies, targets),
    pluginPolicies: selectingPluginPolicies(policies.pluginPolicies, targets),
  };
}

/** The NetworkPolicies that isolate any of the targets for ingress, in their order. */
export function isolatingPolicies(
  policies: readonly NetworkPolicy[],
  targets: readonly PolicyTarget[],
): NetworkPolicy[] {
  return policies.filter((policy) => targets.some((target) => isolatesIngress(policy, target)));
}

/** A text that is another where what the policies mean for the targets may be. */
export function policiesFingerprint(
  { networkPolicies, tieredPolicies, pluginPolicies }: AllPolicies,
  targets: readonly PolicyTarget[],
): string {
  return canonicalJson([
    isolatingPolicies(networkPolicies, targets).map(({ metadata, spec }) => [metadata.name, spec]),
    tieredPolicies.map(({ kind, metadata, spec }) => [kind, metadata.name, spec]),
    pluginPolicies.map(({ spec, specs, ...policy }) => [pluginPolicyName(policy), spec, specs]),
  ]);
}
