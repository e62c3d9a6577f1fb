import type { LabelSelector, LabelSelectorRequirement } from '../../api/kubernetes.ts';
import { selectorMatches } from '../match/label-selector.ts';
import {
  isAddedByControllers,
  type PodOwner,
  selectorOfTemplate,
} from '../workload/controller-labels.ts';

/** Pods that are to come, and those under the same selector. */
export interface PodsToCome {
  owner: PodOwner;
  /** The workload's own. */
  selector: LabelSelector;
  /** The template's. */
  labels: Readonly<Record<string, string>>;
}

/** A selector that leads to pods once a program has put labels on them. */
export interface Awaiting {
  /** What it asks for beside these labels. */
  rest: LabelSelector;
  /** These labels, as selectors are written. */
  labels: string;
  /** The same as a pod may have them. */
  example: Readonly<Record<string, string>>;
}

/**
 * Programs label their own pods: Vault that one which is active, operators of databases that one which is written to. A
 * selector that asks for all that the workload's own does leads to no pod that a policy of ours would not be about. Where
 * the template has nothing under the other keys, it may be meant for such a label; another value there is another pod's.
 *
 * @returns undefined where no such label is missing, or where it would not help
 */
export function awaitedLabels(selector: LabelSelector, pods: PodsToCome): Awaiting | undefined {
  const { matchLabels = {}, matchExpressions = [] } =
    selectorOfTemplate(selector, pods.owner) ?? selector;
  const isMissing = (key: string) => !Object.hasOwn(pods.labels, key);
  const missing = Object.entries(matchLabels).filter(([key]) => isMissing(key));
  const wanting = matchExpressions.filter((each) => isMissing(each.key) && asksForOne(each));
  if (missing.length + wanting.length === 0) return undefined;
  const keys = [...missing.map(([key]) => key), ...wanting.map(({ key }) => key)];
  if (keys.some(isAddedByControllers)) return undefined;
  const rest = {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([key]) => !isMissing(key))),
    matchExpressions: matchExpressions.filter((each) => !wanting.includes(each)),
  };
  const areOurs = selectorMatches(pods.selector, matchLabels) && selectorMatches(rest, pods.labels);
  if (!areOurs) return undefined;
  const labels = [...missing.map((label) => label.join('=')), ...wanting.map(inWords)];
  const example = Object.fromEntries([
    ...missing,
    ...wanting.map(({ key, values: [value = ''] = [] }) => [key, value]),
  ]);
  return { rest, labels: labels.sort().join(','), example };
}

function asksForOne({ operator }: LabelSelectorRequirement): boolean {
  return operator === 'In' || operator === 'Exists';
}

function inWords({ key, operator, values = [] }: LabelSelectorRequirement): string {
  return operator === 'In' ? `${key} in (${values.join(',')})` : key;
}
