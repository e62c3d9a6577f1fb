import type { LabelSelector, LabelSelectorRequirement } from '../../api/kubernetes.ts';
import { closed, listOf, mapOf, oneOf, text } from './wire-shape.ts';

/** Whether all of a selector in wire form is known here. */
export const isSelector = closed({
  matchLabels: mapOf(text),
  matchExpressions: listOf(
    closed({
      key: text,
      operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist'),
      values: listOf(text),
    }),
  ),
});

/**
 * Whether a label selector matches a set of labels. "The result of matchLabels and
 * matchExpressions are ANDed. An empty label selector matches all objects. A null label selector
 * matches no objects." (k8s.io/apimachinery meta/v1 LabelSelector)
 *
 * An operator that the API does not know matches nothing.
 */
export function selectorMatches(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (!selector) return false;
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (labelOf(labels, key) !== value) return false;
  }
  return (selector.matchExpressions ?? []).every(
    // The API refuses an empty entry; one that is there all the same matches nothing.
    (requirement) => requirement && requirementHolds(requirement, labelOf(labels, requirement.key)),
  );
}

/** "An empty label selector matches all objects": one that asks for nothing, by whatever empty lists it says so. */
export function matchesEverything({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && !matchExpressions?.length;
}

/** The values of labels that a selector asks for, or asks to be others. */
export function labelsAskedBy({
  matchLabels,
  matchExpressions,
}: LabelSelector): [key: string, value: string][] {
  const expressions = (matchExpressions ?? []).flatMap((each) =>
    (each?.values ?? []).map((value): [string, string] => [each.key, value]),
  );
  return [...Object.entries(matchLabels ?? {}), ...expressions];
}

function requirementHolds(
  requirement: LabelSelectorRequirement,
  value: string | undefined,
): boolean {
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    // "NotIn" also matches objects that lack the key.
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

function labelOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
