import type { NetworkPolicyPort } from '../../api/kubernetes.ts';
import { sourcesOf } from '../workload/allow-from.ts';
import { portKey } from '../workload/declared-ports.ts';
import { controllerOf } from '../workload/ownership.ts';
import { covers } from '../workload/sources.ts';
import { grantsOf } from './grants.ts';
import type { OptedIn } from './opted-in.ts';

/** Whether a policy of the workload's is in force, or was until somebody deleted it. */
export function wasInForce(subject: OptedIn): boolean {
  return subject.own.inForce !== undefined || isReportedApplied(subject);
}

/** Whether the report on this very workload says so. */
function isReportedApplied(subject: OptedIn): boolean {
  return reportOnThis(subject)?.status?.policy?.state === 'Applied';
}

/** The report on this very workload, and not on an older one of its name. */
function reportOnThis({ snapshot: { report }, workload }: OptedIn) {
  return report && controllerOf(report.metadata)?.uid === workload.uid ? report : undefined;
}

/**
 * What the policy in force allows to as many as the desired one will. Where nobody remembers it, what
 * the report calls declared; unknown where that does not tell either.
 */
export function portsInForce(subject: OptedIn): readonly NetworkPolicyPort[] | 'unknown' {
  if (!wasInForce(subject)) return [];
  const granted = subject.own.inForce && grantsOf(subject.own.inForce);
  if (!granted) return reportedPorts(subject);
  const { allowFrom } = subject.settings;
  return granted
    .filter((grant) => covers(grant.sources, sourcesOf(allowFrom, grant)))
    .map(({ port, protocol }) => ({ port, protocol }));
}

function reportedPorts(subject: OptedIn): readonly NetworkPolicyPort[] | 'unknown' {
  const { ports = [], portsOmitted = 0 } = reportOnThis(subject)?.status ?? {};
  if (!isReportedApplied(subject) || portsOmitted > 0) return 'unknown';
  return ports.filter(({ declared }) => declared).map(({ port, protocol }) => ({ port, protocol }));
}

/**
 * The keys of the ports that counted until now: what the policy in force allows or, where there is
 * none, what the report calls declared.
 */
export function countedPorts(subject: OptedIn): ReadonlySet<string> {
  const policy = subject.own.inForce;
  const reported = reportOnThis(subject)?.status?.ports ?? [];
  const ports = policy
    ? (policy.spec.ingress ?? []).flatMap((rule) => rule.ports ?? [])
    : reported.filter(({ declared }) => declared);
  return new Set(
    ports.flatMap(({ port, protocol = 'TCP' }) =>
      typeof port === 'number' ? [portKey(port, protocol)] : [],
    ),
  );
}
