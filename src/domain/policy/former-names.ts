import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { OwnerReference } from '../../api/object-meta.ts';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import type { Snapshot } from '../snapshot.ts';
import { policyName } from '../workload/object-names.ts';
import { controllerOf, isManaged, isManagedFor } from '../workload/ownership.ts';
import { isOfKind, WORKLOAD_KINDS } from '../workload/workload.ts';

/** What is ours and called as an earlier version of portlock called it. */
export interface Former {
  policies: readonly NetworkPolicy[];
  reports: readonly PortExposureReport[];
}

export const NOTHING_FORMER: Former = { policies: [], reports: [] };

/** The workload's policies under other names than the one that its policy has now. */
export function formerPolicies({
  policies,
  key,
}: Pick<Snapshot, 'policies' | 'key'>): NetworkPolicy[] {
  const name = policyName(key);
  return policies.filter(({ metadata }) => metadata.name !== name && isManagedFor(metadata, key));
}

/** The workload whose policy this is under a name that it should not have any more; undefined where it is no such. */
export function formerOwner({ metadata }: NetworkPolicy): OwnerReference | undefined {
  const owner = controllerOf(metadata);
  if (!owner || !isManaged(metadata) || policyName(owner) === metadata.name) return undefined;
  return WORKLOAD_KINDS.some((kind) => isOfKind(kind, owner)) ? owner : undefined;
}
