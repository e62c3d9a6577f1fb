import type { LabelSelector, LabelSelectorRequirement } from '../../api/kubernetes.ts';
import type { WorkloadKind } from './workload.ts';

/** The workload whose pods are meant. */
export interface PodOwner {
  kind: WorkloadKind;
  name: string;
}

type Values = (value: string, owner: PodOwner) => boolean;

const anyOf: (...kinds: WorkloadKind[]) => Values =
  (...kinds) =>
  (_, { kind }) =>
    kinds.includes(kind);

/**
 * The labels that controllers put on the pods that they make, and the values that those of a workload may get:
 * "When the StatefulSet controller creates a Pod, the new Pod is labelled with apps.kubernetes.io/pod-index", as it is with
 * `statefulset.kubernetes.io/pod-name`; "the pod-template-hash label is added by the Deployment controller to every
 * ReplicaSet that a Deployment creates", as `rollouts-pod-template-hash` is by that of Rollouts; `controller-revision-hash` by
 * those of StatefulSets and DaemonSets, and `pod-template-generation` by that of DaemonSets; and by the Job controller the name and the uid of the Job, under two keys each.
 */
const ADDED: ReadonlyMap<string, Values> = new Map([
  [
    'statefulset.kubernetes.io/pod-name',
    (value, { kind, name }) =>
      kind === 'StatefulSet' &&
      value.startsWith(`${name}-`) &&
      /^\d+$/.test(value.slice(name.length + 1)),
  ],
  [
    'apps.kubernetes.io/pod-index',
    (value, { kind }) => kind === 'StatefulSet' && /^\d+$/.test(value),
  ],
  ['pod-template-hash', anyOf('Deployment')],
  ['rollouts-pod-template-hash', anyOf('Rollout')],
  ['controller-revision-hash', anyOf('StatefulSet', 'DaemonSet')],
  ['pod-template-generation', anyOf('DaemonSet')],
  ['batch.kubernetes.io/job-name', ofJobNamed],
  ['job-name', ofJobNamed],
  ['batch.kubernetes.io/controller-uid', anyOf('Job', 'CronJob')],
  ['controller-uid', anyOf('Job', 'CronJob')],
  ['batch.kubernetes.io/job-completion-index', anyOf('Job', 'CronJob')],
]);

/** "The .metadata.name of the CronJob is part of the basis for naming those Pods" (Kubernetes docs, cron-jobs): a number follows. */
function ofJobNamed(value: string, { kind, name }: PodOwner): boolean {
  if (kind === 'Job') return value === name;
  return (
    kind === 'CronJob' && value.startsWith(`${name}-`) && /^\d+$/.test(value.slice(name.length + 1))
  );
}

/**
 * What a selector asks for beside labels that the controller will add to pods of this workload.
 *
 * @returns undefined where it asks for no such label, or for one that they will not get
 */
export function selectorOfTemplate(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  owner: PodOwner,
): LabelSelector | undefined {
  const labels = Object.entries(matchLabels).filter(([key]) => ADDED.has(key));
  const expressions = matchExpressions.filter(({ key }) => ADDED.has(key));
  if (labels.length + expressions.length === 0) return undefined;
  const mayMatch =
    labels.every(([key, value]) => mayGet(key, value, owner)) &&
    expressions.every((each) => mayHold(each, owner));
  if (!mayMatch) return undefined;
  return {
    matchLabels: withoutAddedLabels(matchLabels),
    matchExpressions: matchExpressions.filter(({ key }) => !ADDED.has(key)),
  };
}

/** Whether controllers alone give pods labels of that key. */
export function isAddedByControllers(key: string): boolean {
  return ADDED.has(key);
}

/** Whether a controller may give pods of the workload this label. */
export function mayGet(key: string, value: string, owner: PodOwner): boolean {
  return ADDED.get(key)?.(value, owner) ?? false;
}

/** The keys of the labels that controllers will give to pods of the workload, some of them to some pods alone. */
export function addedKeys(owner: PodOwner): string[] {
  return [...ADDED.keys()].filter((key) => isAdded(key, owner));
}

function isAdded(key: string, owner: PodOwner): boolean {
  return EXAMPLES.some((example) => mayGet(key, example(owner), owner));
}

/** Whether they may have a label as an expression asks for it: which value they get, nobody knows yet. */
function mayHold(
  { key, operator, values = [] }: LabelSelectorRequirement,
  owner: PodOwner,
): boolean {
  if (operator === 'In') return values.some((value) => mayGet(key, value, owner));
  return (operator === 'DoesNotExist') !== isAdded(key, owner) || operator === 'NotIn';
}

/** Values of which each of these labels may get one, where the workload's pods get it at all. */
const EXAMPLES: readonly ((owner: PodOwner) => string)[] = [
  () => '0',
  ({ name }) => name,
  ({ name }) => `${name}-0`,
];

/** What a selector asks for beside labels that controllers add. */
export function withoutAddedLabels(
  selector: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(selector).filter(([key]) => !ADDED.has(key)));
}

/** The same of a whole selector. */
export function selectorWithoutAdded({
  matchLabels,
  matchExpressions,
}: LabelSelector): LabelSelector {
  return {
    matchLabels: withoutAddedLabels(matchLabels ?? {}),
    matchExpressions: (matchExpressions ?? []).filter((each) => !each || !ADDED.has(each.key)),
  };
}
