import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { PreflightFinding } from '../preflight/preflight.ts';
import { type AllowFrom, partsOf, sourcesOf, withEntry } from '../workload/allow-from.ts';
import {
  type AllowedPort,
  isCovered,
  isInRange,
  rangeKey,
  rangeOf,
} from '../workload/port-range.ts';
import type { ListedPort } from '../workload/port-text.ts';
import { covers, type Sources, sourcesFrom } from '../workload/sources.ts';
import { grantedBy, grantsOf, letInBy } from './grants.ts';

/** What a policy is to allow, and to whom. */
export interface Allowance {
  ports: readonly AllowedPort[];
  allowFrom: AllowFrom;
}

/**
 * What is asked for, and beside it what the policy in force allows and a holding finding is about: a port, or those
 * who may connect to one, is not taken away while somebody is known to use it. Of a range that port alone stays.
 * Never wider than these two together.
 */
export function withKeptGrants(
  asked: Allowance,
  inForce: NetworkPolicy | undefined,
  findings: readonly PreflightFinding[],
): Allowance {
  const inUse = findings.flatMap(({ holds, port, protocol }) =>
    holds && typeof port === 'number' ? [{ port, protocol }] : [],
  );
  if (inUse.length === 0 || !inForce) return asked;
  const letIn = letInBy(grantsOf(inForce) ?? []);
  return inUse.reduce((allowance, port) => withKept(allowance, port, letIn(port)), asked);
}

function withKept(allowance: Allowance, port: ListedPort, sources: Sources): Allowance {
  if (sources.length === 0) return allowance;
  const { ports, allowFrom } = allowance;
  const isAsked = ports.some((each) => isInRange(rangeOf(each), port));
  if (isAsked && covers(sourcesOf(allowFrom, port), sources)) return allowance;
  const before = isAsked ? sourcesOf(allowFrom, port) : [];
  return {
    ports: isAsked ? ports : [...ports, port],
    allowFrom: withEntry(allowFrom, port, sourcesFrom([...before, ...sources])),
  };
}

/** What a policy allows beyond what is asked for, for example `53/UDP` or `8080/TCP from more than allow-from says`. */
export function beyondAsked(policy: NetworkPolicy, { ports, allowFrom }: Allowance): string[] {
  const asked = ports.map(rangeOf);
  return (grantsOf(policy) ?? []).flatMap((grant) => {
    const key = rangeKey(grant);
    if (!isCovered(grant, asked)) return [key];
    const isWider = partsOf(allowFrom, grant).some(
      ({ first, protocol }) =>
        !covers(sourcesOf(allowFrom, { port: first, protocol }), grant.sources),
    );
    return isWider ? [`${key} from more than allow-from says`] : [];
  });
}

/** Whether a policy allows less than another did: fewer ports, or one of them to fewer. */
export function isNarrower(policy: NetworkPolicy, before: NetworkPolicy): boolean {
  return !(grantsOf(before) ?? []).every(grantedBy(grantsOf(policy) ?? []));
}
