import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonicalJson } from '../text/canonical.ts';
import { controllerOf, isOurs, livePolicy } from '../workload/ownership.ts';
import { type Former, formerPolicies, NOTHING_FORMER } from './former-names.ts';
import type { Intent } from './intent.ts';

/** The policy that is to be in force; undefined where there is none, or nobody knows which. */
export function desiredPolicy(snapshot: Snapshot, intent: Intent): NetworkPolicy | undefined {
  if (intent.kind === 'apply') return intent.policy;
  return intent.kind === 'hold' ? lastPolicy(snapshot) : undefined;
}

/** What has to be done about the live policy for the intent to hold. */
export function policyStep(snapshot: Snapshot, intent: Intent): PolicyStep {
  const live = livePolicy(snapshot);
  if (intent.kind === 'failed') return { do: 'nothing' };
  if (intent.kind === 'hold') return keepLast(snapshot);
  if (intent.kind === 'remove') {
    return live && isOurs(live, snapshot.key) ? { do: 'delete', live } : { do: 'nothing' };
  }
  return live && inForce(live, intent.policy)
    ? { do: 'nothing' }
    : { do: 'apply', policy: intent.policy, live };
}

/** While it is held the last good policy stays as it is: what somebody else makes of it is undone. */
function keepLast(snapshot: Snapshot): PolicyStep {
  const live = livePolicy(snapshot);
  const last = lastPolicy(snapshot);
  if (!last || (live && (!isOurs(live, snapshot.key) || inForce(live, last))))
    return { do: 'nothing' };
  return { do: 'apply', policy: last, live };
}

/** The policy that this process last saw in force as desired, where it is of this very workload. */
function lastPolicy({ lastApplied, workload }: Snapshot): NetworkPolicy | undefined {
  const last: NetworkPolicy | undefined = lastApplied && JSON.parse(lastApplied);
  return last && controllerOf(last.metadata)?.uid === workload?.uid ? last : undefined;
}

/** Whether the live policy already says all that the desired one says, and no more. */
export function inForce(live: NetworkPolicy, desired: NetworkPolicy): boolean {
  const labels = Object.entries(desired.metadata.labels ?? {});
  return (
    canonicalJson(live.spec) === canonicalJson(desired.spec) &&
    canonicalJson(live.metadata.ownerReferences) ===
      canonicalJson(desired.metadata.ownerReferences) &&
    labels.every(([key, value]) => live.metadata.labels?.[key] === value)
  );
}

/**
 * What goes once the step about the policy is done. Policies add up, so one that stayed would keep open what is
 * not declared any more; but while the policy is held and there is none of the right name, it is the last good one.
 *
 * @param intent undefined where the workload is out
 */
export function formerToRemove(snapshot: Snapshot, intent: Intent | undefined): Former {
  if (!snapshot.role.policy) return NOTHING_FORMER;
  const live = livePolicy(snapshot);
  const isLastGood = intent?.kind === 'hold' && !(live && isOurs(live, snapshot.key));
  return {
    policies: isLastGood ? [] : formerPolicies(snapshot),
    reports: snapshot.formerReports,
  };
}

/** What to do about the policy. `live` is the object as it was read, for preconditions. */
export type PolicyStep =
  | { do: 'apply'; policy: NetworkPolicy; live: NetworkPolicy | undefined }
  | { do: 'delete'; live: NetworkPolicy }
  | { do: 'nothing' };
