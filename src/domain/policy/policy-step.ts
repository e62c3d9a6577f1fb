import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { Snapshot } from '../snapshot.ts';
import { sameJson } from '../text/same-json.ts';
import { type Former, NOTHING_FORMER } from './former-names.ts';
import type { Intent } from './intent.ts';
import type { OwnPolicies } from './own-policies.ts';

/** The policy that is to be in force; undefined where there is none, or nobody knows which. */
export function desiredPolicy({ last }: OwnPolicies, intent: Intent): NetworkPolicy | undefined {
  if (intent.kind === 'apply') return intent.policy;
  return intent.kind === 'hold' ? last : undefined;
}

/** What has to be done about the live policy for the intent to hold. */
export function policyStep(own: OwnPolicies, intent: Intent): PolicyStep {
  if (intent.kind === 'failed') return { do: 'nothing' };
  if (intent.kind === 'hold') return keepLast(own);
  if (intent.kind === 'remove') return removeOwn(own);
  return applied(intent.policy, own);
}

/** There should be none of ours. */
export function removeOwn({ live }: OwnPolicies): PolicyStep {
  return live.kind === 'ours' ? { do: 'delete', live: live.policy } : { do: 'nothing' };
}

/** While it is held the last good policy stays as it is: what somebody else makes of it is undone. */
function keepLast(own: OwnPolicies): PolicyStep {
  return own.last && own.live.kind !== 'foreign' ? applied(own.last, own) : { do: 'nothing' };
}

function applied(policy: NetworkPolicy, { live }: OwnPolicies): PolicyStep {
  return live.policy && inForce(live.policy, policy)
    ? { do: 'nothing' }
    : { do: 'apply', policy, live: live.policy };
}

/** Whether the live policy already says all that the desired one says, and no more. */
export function inForce(live: NetworkPolicy, desired: NetworkPolicy): boolean {
  const labels = Object.entries(desired.metadata.labels ?? {});
  return (
    sameJson(live.spec, desired.spec) &&
    sameJson(live.metadata.ownerReferences, desired.metadata.ownerReferences) &&
    labels.every(([key, value]) => live.metadata.labels?.[key] === value)
  );
}

/**
 * What goes once the step about the policy is done. Policies add up, so one that stayed would keep open what is
 * not declared any more; but while the policy is held and there is none of the right name, it is the last good one.
 *
 * @param intent undefined where the workload is out
 */
export function formerToRemove(
  { role, formerReports }: Snapshot,
  { live, former }: OwnPolicies,
  intent: Intent | undefined,
): Former {
  if (!role.policy) return NOTHING_FORMER;
  const isLastGood = intent?.kind === 'hold' && live.kind !== 'ours';
  return { policies: isLastGood ? [] : former, reports: formerReports };
}

/** What to do about the policy. `live` is the object as it was read, for preconditions. */
export type PolicyStep =
  | { do: 'apply'; policy: NetworkPolicy; live: NetworkPolicy | undefined }
  | { do: 'delete'; live: NetworkPolicy }
  | { do: 'nothing' };
