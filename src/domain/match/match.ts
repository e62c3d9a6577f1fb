import type { LabelSelector } from '../../api/kubernetes.ts';
import { isSelector, selectorMatches } from './label-selector.ts';

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

/** As selectorMatches, but Unknown where the selector has a field or an operator that is not known here. */
export function selectorMatch(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>>,
): Match {
  return isSelector(selector) ? matchOf(selectorMatches(selector, labels)) : 'Unknown';
}
