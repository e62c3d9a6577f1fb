import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { PreflightFinding } from '../preflight/preflight.ts';
import { type AllowFrom, sourcesOf, withEntry } from '../workload/allow-from.ts';
import { byPortThenProtocol, type DeclaredPort, portKey } from '../workload/declared-ports.ts';
import { covers, sourcesFrom } from '../workload/sources.ts';
import { type Grant, grantsOf } from './grants.ts';

/** What a policy is to allow, and to whom. */
export interface Allowance {
  ports: readonly DeclaredPort[];
  allowFrom: AllowFrom;
}

/**
 * What is asked for, and beside it what the policy in force allows and a holding finding is about: a port, or those
 * who may connect to one, is not taken away while somebody is known to use it. Never wider than these two together.
 */
export function withKeptGrants(
  asked: Allowance,
  inForce: NetworkPolicy | undefined,
  findings: readonly PreflightFinding[],
): Allowance {
  const inUse = new Set(
    findings.filter(({ holds }) => holds).map(({ port, protocol }) => portKey(port, protocol)),
  );
  const granted = inUse.size > 0 && inForce ? (grantsOf(inForce) ?? []) : [];
  const kept = granted.filter(
    ({ port, protocol, sources }) => sources.length > 0 && inUse.has(portKey(port, protocol)),
  );
  return kept.reduce(withGrant, asked);
}

function withGrant({ ports, allowFrom }: Allowance, grant: Grant): Allowance {
  const { port, protocol, sources } = grant;
  const isAsked = ports.some((each) => each.port === port && each.protocol === protocol);
  const before = isAsked ? sourcesOf(allowFrom, grant) : [];
  const wanted = sourcesFrom([...before, ...sources]);
  return {
    ports: isAsked
      ? ports
      : [...ports, { port, protocol, containers: [] }].sort(byPortThenProtocol),
    allowFrom:
      covers(sourcesOf(allowFrom, grant), wanted) && isAsked
        ? allowFrom
        : withEntry(allowFrom, grant, wanted),
  };
}

/** What a policy allows beyond what is asked for, for example `53/UDP` or `8080/TCP from more than allow-from says`. */
export function beyondAsked(policy: NetworkPolicy, { ports, allowFrom }: Allowance): string[] {
  const asked = new Set(ports.map(({ port, protocol }) => portKey(port, protocol)));
  return (grantsOf(policy) ?? []).flatMap((grant) => {
    const key = portKey(grant.port, grant.protocol);
    if (!asked.has(key)) return [key];
    const isWider = !covers(sourcesOf(allowFrom, grant), grant.sources);
    return isWider ? [`${key} from more than allow-from says`] : [];
  });
}

/** Whether a policy allows less than another did: fewer ports, or one of them to fewer. */
export function isNarrower(policy: NetworkPolicy, before: NetworkPolicy): boolean {
  const now = new Map(
    grantsOf(policy)?.map(({ port, protocol, sources }) => [portKey(port, protocol), sources]),
  );
  return (grantsOf(before) ?? []).some(({ port, protocol, sources }) => {
    const left = now.get(portKey(port, protocol)) ?? [];
    return sources.length > 0 && !covers(left, sources);
  });
}
