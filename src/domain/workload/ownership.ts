import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { MANAGED_BY_LABEL, MANAGED_BY_VALUE } from '../../api/names.ts';
import type { ObjectMeta, OwnerReference } from '../../api/object-meta.ts';
import { policyName } from './object-names.ts';

interface Owner {
  apiVersion: string;
  kind: string;
  name: string;
}

/** The workload that an object's controller owner reference names, or nothing. */
export function controllerOf(metadata: ObjectMeta): OwnerReference | undefined {
  return metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/**
 * Whether a policy is portlock's for that workload: it carries the managed-by label and a
 * controller owner reference to a workload of that kind and name, whatever its uid, so that a
 * recreated workload gets its policy back. One of the workload's own policy name that has no
 * controller is ours too: deleting a workload with `--cascade=orphan` takes the reference off.
 */
export function isOurs(policy: NetworkPolicy, owner: Owner): boolean {
  const { metadata } = policy;
  const isOrphan = isManaged(metadata) && controllerOf(metadata) === undefined;
  return isOrphan ? metadata.name === policyName(owner) : isManagedFor(metadata, owner);
}

/** Whether an object carries the managed-by label and such a reference. */
export function isManagedFor(metadata: ObjectMeta, owner: Owner): boolean {
  if (!isManaged(metadata)) return false;
  const reference = controllerOf(metadata);
  return (
    reference !== undefined &&
    reference.kind === owner.kind &&
    reference.name === owner.name &&
    reference.apiVersion === owner.apiVersion
  );
}

/** The NetworkPolicy that has the name of the workload's own, whoever made it. */
export function livePolicy({
  policies,
  key,
}: {
  policies: readonly NetworkPolicy[];
  key: { kind: string; name: string };
}): NetworkPolicy | undefined {
  const name = policyName(key);
  return policies.find((policy) => policy.metadata.name === name);
}

function isManaged({ labels }: ObjectMeta): boolean {
  return labels?.[MANAGED_BY_LABEL] === MANAGED_BY_VALUE;
}
