import { named } from './port-rows.ts';

/** What an operator that watches some namespaces alone does not see, in words; what is there may use a port, or open one. */
export function unseenInWords(watched: readonly string[]): string {
  const which = watched.length === 1 ? 'the namespace' : 'the namespaces';
  return `Only ${which} ${named(watched)} can be seen (--watch-namespaces): no user in another one, no webhook, no APIService and no policy of the whole cluster`;
}
