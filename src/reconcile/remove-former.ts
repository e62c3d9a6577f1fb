import type { Former } from '../domain/policy/former-names.ts';
import { NETWORK_POLICIES, REPORTS } from '../kube/resources.ts';
import type { Context } from './context.ts';
import { deleteObject } from './delete-object.ts';

/** Deletes policies of ours under former names; to be called once the right one is in force. */
export async function removeFormerPolicies(
  { policies }: Former,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  for (const { metadata } of policies) {
    await deleteObject(NETWORK_POLICIES, metadata, context, signal);
    context.metrics.policyWrites.inc({ operation: 'delete' });
    const { namespace, name } = metadata;
    context.log.info('Deleted the policy under its former name', { namespace, policy: name });
  }
}

/** Deletes reports of ours under former names. */
export async function removeFormerReports(
  { reports }: Former,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  for (const { metadata } of reports) await deleteObject(REPORTS, metadata, context, signal);
}
