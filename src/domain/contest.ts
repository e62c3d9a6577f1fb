/** Somebody changes the policy again and again, and it is put back each time. */
export interface Contest {
  /** When the first of these changes was put back, in ms since the epoch. */
  since: number;
  /** The field managers that edited it, sorted; none where it was only deleted. */
  by: readonly string[];
}

/** The conditions' words for it; they stay the same while it goes on. */
export function contestInWords(policy: string, { by }: Contest): string {
  const who = by.length > 0 ? by.slice(0, 3).join(', ') : 'somebody else';
  const more = by.length > 3 ? ` and ${by.length - 3} more` : '';
  return `The NetworkPolicy ${policy} is changed again and again by ${who}${more}, and put back each time; find out who that is, and have them leave it alone`;
}
