import type { LabelSelector } from '../api/kubernetes.ts';
import { selectorMatches } from './label-selector.ts';

/** Whether something matches, where that cannot always be told. */
export type Match = 'Yes' | 'No' | 'Unknown';

export function anyOf(matches: readonly Match[]): Match {
  if (matches.includes('Yes')) return 'Yes';
  return matches.includes('Unknown') ? 'Unknown' : 'No';
}

export function allOf(matches: readonly Match[]): Match {
  if (matches.includes('No')) return 'No';
  return matches.includes('Unknown') ? 'Unknown' : 'Yes';
}

export function not(match: Match): Match {
  if (match === 'Unknown') return match;
  return match === 'Yes' ? 'No' : 'Yes';
}

export function matchOf(condition: boolean): Match {
  return condition ? 'Yes' : 'No';
}

const SELECTOR_FIELDS = ['matchLabels', 'matchExpressions'];
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** As selectorMatches, but Unknown where the selector has a field or an operator that is not known here. */
export function selectorMatch(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>>,
): Match {
  const known =
    fieldsOf(selector).every((field) => SELECTOR_FIELDS.includes(field)) &&
    (selector.matchExpressions ?? []).every(({ operator }) => OPERATORS.includes(operator));
  return known ? matchOf(selectorMatches(selector, labels)) : 'Unknown';
}

/** The fields of an object in wire form that are set: null is absent. */
export function fieldsOf(object: object | null | undefined): string[] {
  return Object.entries(object ?? {})
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([field]) => field);
}
