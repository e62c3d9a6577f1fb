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

/** The policy of the name that the workload's own has, and whose it is. */
export type OwnPolicy =
  | { kind: 'none'; policy: undefined }
  /** portlock's, for this workload. */
  | { kind: 'ours'; policy: NetworkPolicy }
  /** Anybody else's, or portlock's for another workload: it is left alone. */
  | { kind: 'foreign'; policy: NetworkPolicy };

/**
 * Judges the policy of the workload's own policy name. It is ours where it carries the managed-by label and
 * a controller owner reference to a workload of that kind and name. The uid does not matter, so that
 * a recreated workload gets its policy back. One that has no controller is ours too: deleting a workload with
 * `--cascade=orphan` takes the reference off.
 *
 * @param policies those of the workload's namespace
 */
export function ownPolicy(policies: readonly NetworkPolicy[], owner: Owner): OwnPolicy {
  const name = policyName(owner);
  const policy = policies.find(({ metadata }) => metadata.name === name);
  if (!policy) return { kind: 'none', policy };
  const { metadata } = policy;
  const isOrphan = isManaged(metadata) && controllerOf(metadata) === undefined;
  return { kind: isOrphan || isManagedFor(metadata, owner) ? 'ours' : 'foreign', policy };
}

/** Whether portlock keeps an object for that workload: by the managed-by label and its controller's reference. */
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

/** Whether an object says that portlock keeps it, for whichever workload. */
export function isManaged({ labels }: ObjectMeta): boolean {
  return labels?.[MANAGED_BY_LABEL] === MANAGED_BY_VALUE;
}
