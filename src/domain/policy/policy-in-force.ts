import type { NetworkPolicyPort, Protocol } from '../../api/kubernetes.ts';
import { partsOf, sourcesOf } from '../workload/allow-from.ts';
import { controllerOf } from '../workload/ownership.ts';
import type { PortRange } from '../workload/port-range.ts';
import { covers } from '../workload/sources.ts';
import { grantsOf, rangeOnTheWire } from './grants.ts';
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
export function reportOnThis({ snapshot: { report }, workload }: OptedIn) {
  return report && controllerOf(report.metadata)?.uid === workload.uid ? report : undefined;
}

/**
 * What the policy in force allows to as many as the desired one will. Where nobody remembers it, what
 * the report calls declared; unknown where that does not tell either.
 */
export function portsInForce(subject: OptedIn): readonly PortRange[] | 'unknown' {
  if (!wasInForce(subject)) return [];
  const granted = subject.own.inForce && grantsOf(subject.own.inForce);
  if (!granted) return reportedPorts(subject);
  const { allowFrom } = subject.settings;
  return granted.flatMap(({ sources, ...range }) =>
    partsOf(allowFrom, range).filter(({ first, protocol }) =>
      covers(sources, sourcesOf(allowFrom, { port: first, protocol })),
    ),
  );
}

function reportedPorts(subject: OptedIn): readonly PortRange[] | 'unknown' {
  const { ports = [], portsOmitted = 0 } = reportOnThis(subject)?.status ?? {};
  if (!isReportedApplied(subject) || portsOmitted > 0) return 'unknown';
  return ports
    .filter(({ declared }) => declared)
    .map(({ port, protocol }) => ({ first: port, last: port, protocol: protocol as Protocol }));
}

/**
 * The ports that counted until now: what the policy in force allows or, where there is
 * none, what the report calls declared.
 */
export function countedPorts(subject: OptedIn): readonly PortRange[] {
  const policy = subject.own.inForce;
  const reported = reportOnThis(subject)?.status?.ports ?? [];
  const ports: readonly NetworkPolicyPort[] = policy
    ? (policy.spec.ingress ?? []).flatMap((rule) => rule.ports ?? [])
    : reported.filter(({ declared }) => declared);
  return ports.flatMap((port) => rangeOnTheWire(port) ?? []);
}
