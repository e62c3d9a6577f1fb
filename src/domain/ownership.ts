import type { NetworkPolicy } from '../api/kubernetes.ts';
import { MANAGED_BY_LABEL, MANAGED_BY_VALUE } from '../api/names.ts';
import type { ObjectMeta, OwnerReference } from '../api/object-meta.ts';

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
 * recreated workload gets its policy back.
 */
export function isOurs(policy: NetworkPolicy, owner: Owner): boolean {
  return isManagedFor(policy.metadata, owner);
}

/** Whether an object carries the managed-by label and such a reference. */
export function isManagedFor(metadata: ObjectMeta, owner: Owner): boolean {
  if (metadata.labels?.[MANAGED_BY_LABEL] !== MANAGED_BY_VALUE) return false;
  const reference = controllerOf(metadata);
  return (
    reference !== undefined &&
    reference.kind === owner.kind &&
    reference.name === owner.name &&
    reference.apiVersion === owner.apiVersion
  );
}
