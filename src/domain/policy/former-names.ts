import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { OwnerReference } from '../../api/object-meta.ts';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import type { Snapshot } from '../snapshot.ts';
import { policyName } from '../workload/object-names.ts';
import { controllerOf, isManaged, isManagedFor } from '../workload/ownership.ts';
import { WORKLOAD_KINDS } from '../workload/workload.ts';

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
  const isKept =
    isManaged(metadata) &&
    owner?.apiVersion === 'apps/v1' &&
    WORKLOAD_KINDS.some((kind) => kind === owner.kind);
  return isKept && policyName(owner) !== metadata.name ? owner : undefined;
}
