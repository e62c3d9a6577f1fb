import type { LabelSelector, LabelSelectorRequirement } from '../../api/kubernetes.ts';
import type { Match } from '../match/match.ts';

/**
 * The label sets that a selector holds, or one label set: by the values that each key may have in them. The key may be
 * missing: undefined. Values are without end, so "all but these" is never empty.
 */
export type LabelRegion = (key: string) => Values;

/** These values, or all but these. */
interface Values {
  listed: readonly (string | undefined)[];
  isRest: boolean;
}

const ANY: Values = { listed: [], isRest: true };
const MISSING: Values = { listed: [undefined], isRest: false };
const NONE: Values = { listed: [], isRest: false };

/** The one label set. */
export function regionOfLabels(labels: Readonly<Record<string, string>>): LabelRegion {
  return (key) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return { listed: [value], isRest: false };
  };
}

/** All label sets that a selector holds. */
export function regionOfSelector(selector: LabelSelector): LabelRegion {
  const requirements = requirementsOf(selector);
  return (key) =>
    requirements
      .filter((each) => each.key === key)
      .map(({ values }) => values)
      .reduce(intersection, ANY);
}

/** Whether a selector holds all of a region, nothing of it, or perhaps a part. */
export function regionMatch(selector: LabelSelector, region: LabelRegion): Match {
  const own = regionOfSelector(selector);
  let match: Match = 'Yes';
  for (const { key } of requirementsOf(selector)) {
    const values = own(key);
    if (isEmpty(intersection(region(key), values))) return 'No';
    if (!isWithin(region(key), values)) match = 'Unknown';
  }
  return match;
}

/** Whether no label set satisfies a selector: its requirements contradict each other. */
export function holdsNothing(selector: LabelSelector): boolean {
  const region = regionOfSelector(selector);
  return requirementsOf(selector).some(({ key }) => isEmpty(region(key)));
}

function requirementsOf({ matchLabels, matchExpressions }: LabelSelector) {
  return [
    ...Object.entries(matchLabels ?? {}).map(([key, value]) => ({
      key,
      values: { listed: [value], isRest: false },
    })),
    // The API refuses an empty entry; one that is there all the same matches nothing.
    ...(matchExpressions ?? []).map((each) => ({
      key: each?.key ?? '',
      values: each ? valuesOf(each) : NONE,
    })),
  ];
}

function valuesOf({ operator, values }: LabelSelectorRequirement): Values {
  switch (operator) {
    case 'In':
      return { listed: values ?? [], isRest: false };
    // "NotIn" also matches objects that lack the key.
    case 'NotIn':
      return { listed: values ?? [], isRest: true };
    case 'Exists':
      return { listed: [undefined], isRest: true };
    case 'DoesNotExist':
      return MISSING;
    default:
      return NONE;
  }
}

function intersection(a: Values, b: Values): Values {
  if (a.isRest && b.isRest) return { listed: [...a.listed, ...b.listed], isRest: true };
  const [some, other] = a.isRest ? [b, a] : [a, b];
  return { listed: some.listed.filter((value) => has(other, value)), isRest: false };
}

function has({ listed, isRest }: Values, value: string | undefined): boolean {
  return listed.includes(value) !== isRest;
}

function isEmpty({ listed, isRest }: Values): boolean {
  return !isRest && listed.length === 0;
}

function isWithin(a: Values, b: Values): boolean {
  if (!a.isRest) return a.listed.every((value) => has(b, value));
  return b.isRest && b.listed.every((value) => a.listed.includes(value));
}
