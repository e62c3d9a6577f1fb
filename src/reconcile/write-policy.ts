import type { NetworkPolicy } from '../api/kubernetes.ts';
import { FIELD_MANAGER } from '../api/names.ts';
import type { ObjectMeta } from '../api/object-meta.ts';
import type { Plan } from '../domain/plan.ts';
import { inForce, type PolicyStep } from '../domain/policy/policy-step.ts';
import { isRevert } from '../domain/report/events.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { canonicalJson } from '../domain/text/canonical.ts';
import { ApiError } from '../kube/errors.ts';
import { projectPolicy } from '../kube/projections.ts';
import { NETWORK_POLICIES } from '../kube/resources.ts';
import type { Context } from './context.ts';
import { deleteObject } from './delete-object.ts';
import { noteRevert } from './note-revert.ts';
import { preconditions } from './preconditions.ts';
import { workloadKey } from './workload-key.ts';
import { PolicyAlteredError } from './write-failure.ts';

type Apply = PolicyStep & { do: 'apply' };
type Delete = PolicyStep & { do: 'delete' };

/**
 * Applies or deletes the policy, and keeps in mind what is in force as desired.
 *
 * @throws PolicyAlteredError where something on the way changes it
 */
export async function writePolicy(
  { policy: step, desired }: Plan,
  snapshot: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  if (step.do === 'apply') await carryOutApply(step, snapshot, context, signal);
  if (step.do === 'delete') await carryOutDelete(step, snapshot, context, signal);
  const key = workloadKey(snapshot.key);
  if (desired && snapshot.role.policy) context.lastApplied.set(key, canonicalJson(desired));
  else context.lastApplied.delete(key);
}

async function carryOutApply(
  step: Apply,
  snapshot: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  await applyPolicy(step, context, signal);
  context.metrics.policyWrites.inc({ operation: 'apply' });
  if (isRevert(snapshot, step)) noteRevert(step, snapshot, context);
}

async function carryOutDelete(
  { live: { metadata } }: Delete,
  { key, workload }: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const { name } = metadata;
  await deleteObject(NETWORK_POLICIES, metadata, context, signal);
  context.caches.writtenPolicies.deleted({ namespace: key.namespace, name });
  context.metrics.policyWrites.inc({ operation: 'delete' });
  // Else it is told as the decision that it is.
  if (!workload) context.log.info('Deleted the policy', { key: workloadKey(key), policy: name });
}

/**
 * A policy that is not there is created, which fails where a stranger made one of that name this very
 * moment. Ours is addressed by its uid, with the version that was decided on, so that a write which comes
 * late never wins, and applied with force; what an apply leaves of others, or of the creation, is replaced away.
 */
async function applyPolicy(
  { policy, live }: Apply,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const result = live
    ? await updatePolicy(policy, live, context, signal)
    : await context.client.create(NETWORK_POLICIES, policy, {
        fieldManager: FIELD_MANAGER,
        signal,
      });
  context.caches.writtenPolicies.wrote(projectPolicy(result));
  if (!inForce(result, policy)) {
    throw new PolicyAlteredError(
      `The NetworkPolicy ${policy.metadata.name} is not as portlock wrote it: an admission webhook or policy changes it`,
    );
  }
}

async function updatePolicy(
  policy: NetworkPolicy,
  live: NetworkPolicy,
  context: Context,
  signal: AbortSignal,
): Promise<NetworkPolicy> {
  const options = { fieldManager: FIELD_MANAGER, signal };
  const decidedOn = (looked: ObjectMeta): NetworkPolicy => ({
    ...policy,
    metadata: { ...policy.metadata, ...preconditions(looked) },
  });
  const replace = (found: NetworkPolicy) =>
    context.client.replace(NETWORK_POLICIES, decidedOn(found.metadata), options);
  try {
    const applied = await context.client.apply(NETWORK_POLICIES, decidedOn(live.metadata), {
      ...options,
      conflicts: 'force',
    });
    return inForce(applied, policy) ? applied : await replace(applied);
  } catch (error) {
    // The owner reference of the creation and that of a recreated workload cannot both be controllers.
    if (!(error instanceof ApiError && error.status === 422)) throw error;
    return replace(live);
  }
}
