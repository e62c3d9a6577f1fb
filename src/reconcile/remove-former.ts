import type { ObjectMeta } from '../api/object-meta.ts';
import type { Former } from '../domain/policy/former-names.ts';
import { isNotFound } from '../kube/errors.ts';
import type { Resource } from '../kube/resource.ts';
import { NETWORK_POLICIES, REPORTS } from '../kube/resources.ts';
import type { Context } from './context.ts';

/** Deletes policies of ours under former names; to be called once the right one is in force. */
export async function removeFormerPolicies(
  { policies }: Former,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  for (const { metadata } of policies) {
    await remove(NETWORK_POLICIES, metadata, context, signal);
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
  for (const { metadata } of reports) await remove(REPORTS, metadata, context, signal);
}

/** The very object that was looked at: another workload may have taken the name over since. */
async function remove(
  resource: Resource,
  { namespace, name, uid, resourceVersion }: ObjectMeta,
  { client }: Context,
  signal: AbortSignal,
): Promise<void> {
  const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
  try {
    await client.delete(resource, { namespace, name }, { signal, preconditions });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
