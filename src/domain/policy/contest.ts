import type { Contest } from '../snapshot.ts';
/** The conditions' words for it; they stay the same while it goes on. */
export function contestInWords(policy: string, { by }: Contest): string {
  const who = by.length > 0 ? by.slice(0, 3).join(', ') : 'somebody else';
  const more = by.length > 3 ? ` and ${by.length - 3} more` : '';
  return `The NetworkPolicy ${policy} is changed again and again by ${who}${more}, and put back each time; find out who that is, and have them leave it alone`;
}
