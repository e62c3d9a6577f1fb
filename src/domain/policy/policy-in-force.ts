import type { NetworkPolicy, NetworkPolicyPort } from '../../api/kubernetes.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonicalJson } from '../text/canonical.ts';
import { portKey } from '../workload/declared-ports.ts';
import { controllerOf, livePolicy } from '../workload/ownership.ts';
import type { Settings } from '../workload/settings.ts';
import { formerPolicies } from './former-names.ts';

/** Whether a policy of the workload's is in force, or was until somebody deleted it. */
export function wasInForce(snapshot: Snapshot): boolean {
  return policyInForce(snapshot) !== undefined || isReportedApplied(snapshot);
}

/**
 * The policy in force, before somebody edited or deleted it as far as this process knows. That of a
 * workload of the same name with another selector was about other pods.
 */
function policyInForce(snapshot: Snapshot): NetworkPolicy | undefined {
  const { lastApplied, workload } = snapshot;
  const remembered: NetworkPolicy | undefined = lastApplied && JSON.parse(lastApplied);
  const selector = canonicalJson(workload?.selector);
  return [remembered, livePolicy(snapshot), ...formerPolicies(snapshot)].find(
    (policy) => policy && canonicalJson(policy.spec.podSelector) === selector,
  );
}

/** Whether the report on this very workload, and not on an older one of its name, says so. */
function isReportedApplied({ report, workload }: Snapshot): boolean {
  return (
    report?.status?.policy?.state === 'Applied' &&
    controllerOf(report.metadata)?.uid === workload?.uid
  );
}

/**
 * What the policy in force allows to as many as the desired one will. Where nobody remembers it, what
 * the report calls declared; unknown where that does not tell either.
 */
export function portsInForce(
  snapshot: Snapshot,
  { allowFrom }: Settings,
): readonly NetworkPolicyPort[] | 'unknown' {
  if (!wasInForce(snapshot)) return [];
  const rules = policyInForce(snapshot)?.spec.ingress ?? [];
  // Not a rule that portlock would write.
  if (rules.length !== 1 || !rules[0]?.ports?.length) return reportedPorts(snapshot);
  const isNarrower = rules[0].from !== undefined && allowFrom === 'any';
  return isNarrower ? [] : rules[0].ports;
}

function reportedPorts(snapshot: Snapshot): readonly NetworkPolicyPort[] | 'unknown' {
  const { ports = [], portsOmitted = 0 } = snapshot.report?.status ?? {};
  if (!isReportedApplied(snapshot) || portsOmitted > 0) return 'unknown';
  return ports.filter(({ declared }) => declared).map(({ port, protocol }) => ({ port, protocol }));
}

/**
 * The keys of the ports that counted until now: what the policy in force allows or, where there is
 * none, what the report calls declared.
 */
export function countedPorts(snapshot: Snapshot): ReadonlySet<string> {
  const policy = policyInForce(snapshot);
  const { report, workload } = snapshot;
  const isOfThis = report && controllerOf(report.metadata)?.uid === workload?.uid;
  const declared = isOfThis ? (report.status?.ports ?? []).filter((each) => each.declared) : [];
  const ports = policy ? (policy.spec.ingress ?? []).flatMap((rule) => rule.ports ?? []) : declared;
  return new Set(
    ports.flatMap(({ port, protocol = 'TCP' }) =>
      typeof port === 'number' ? [portKey(port, protocol)] : [],
    ),
  );
}
