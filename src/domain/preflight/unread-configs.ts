import type { PortUse } from './port-use.ts';

/** What is to be known of objects that users go by and that nobody reads, in sentences, as a rule none. */
export function unreadConfigNotes(uses: readonly PortUse[]): string[] {
  const unread = [...new Set(uses.flatMap((use) => use.unread ?? []))].sort();
  if (unread.length === 0) return [];
  const more = unread.length > 3 ? ` and ${unread.length - 3} more` : '';
  return [
    `a load balancer may ask for health on ports that only these name, which are not read: ${unread.slice(0, 3).join(', ')}${more}`,
  ];
}
