import type { Plan } from '../domain/plan.ts';
import { type Grant, grantsOf } from '../domain/policy/grants.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { portKey } from '../domain/workload/declared-ports.ts';

/** The grants of our policy as it is that a holding finding is about. */
export function grantsInUse({ policies }: Snapshot, { found }: Plan): Grant[] {
  const own = policies.find(({ metadata }) => metadata.name === 'web-portlock');
  const inUse = found.findings.filter(({ holds }) => holds).map(grantKey);
  return (own ? (grantsOf(own) ?? []) : []).filter((grant) => inUse.includes(grantKey(grant)));
}

export function grantKey(each: { port: number | string; protocol: string }): string {
  return portKey(each.port, each.protocol);
}
