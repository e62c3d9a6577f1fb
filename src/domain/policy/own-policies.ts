import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { Snapshot } from '../snapshot.ts';
import { sameJson } from '../text/same-json.ts';
import { controllerOf, type OwnPolicy, ownPolicy } from '../workload/ownership.ts';
import { formerPolicies } from './former-names.ts';

/** What is known of the workload's policies before anything is decided; looked up once. */
export interface OwnPolicies {
  /** The one of the name that it has now. */
  live: OwnPolicy;
  /** Ours under names that earlier versions of portlock gave. */
  former: readonly NetworkPolicy[];
  /** The last one that this process saw in force as desired, where it is of this very workload. */
  last: NetworkPolicy | undefined;
  /**
   * The one in force, before somebody edited or deleted it as far as this process knows. Somebody else's of the
   * same name counts for nothing, and that of a workload with another selector was about other pods.
   */
  inForce: NetworkPolicy | undefined;
}

/** Looks up and judges the policies of the workload that a snapshot is about. */
export function ownPolicies(snapshot: Snapshot): OwnPolicies {
  const { key, lastApplied, policies, workload } = snapshot;
  const live = ownPolicy(policies, key);
  const former = formerPolicies(snapshot);
  const remembered: NetworkPolicy | undefined = lastApplied && JSON.parse(lastApplied);
  const isOfThis = remembered && controllerOf(remembered.metadata)?.uid === workload?.uid;
  const ours = live.kind === 'ours' ? live.policy : undefined;
  return {
    live,
    former,
    last: isOfThis ? remembered : undefined,
    inForce: [remembered, ours, ...former].find(
      (policy) => policy && sameJson(policy.spec.podSelector, workload?.selector),
    ),
  };
}
