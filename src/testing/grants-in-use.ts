import type { Plan } from '../domain/plan.ts';
import { type Grant, grantsOf, letInBy } from '../domain/policy/grants.ts';
import type { Snapshot } from '../domain/snapshot.ts';

/** What our policy as it is grants of the ports that holding findings are about, port by port. */
export function grantsInUse({ policies }: Snapshot, { found }: Plan): Grant[] {
  const own = policies.find(({ metadata }) => metadata.name === 'web-portlock');
  const letIn = letInBy(own ? (grantsOf(own) ?? []) : []);
  return found.findings.flatMap(({ holds, port, protocol }) => {
    if (!holds || typeof port !== 'number') return [];
    const sources = letIn({ port, protocol });
    return sources.length > 0 ? [{ first: port, last: port, protocol, sources }] : [];
  });
}
