import type { ObjectMeta } from '../api/object-meta.ts';
import { isNotFound } from '../kube/errors.ts';
import type { Resource } from '../kube/resource.ts';
import type { Context } from './context.ts';
import { preconditions } from './preconditions.ts';

/**
 * Deletes the very object that was looked at, in that version where it is given: another workload may have taken the
 * name over since. One that is gone already is as good.
 */
export async function deleteObject(
  resource: Resource,
  metadata: Pick<ObjectMeta, 'namespace' | 'name' | 'uid' | 'resourceVersion'>,
  { client }: Pick<Context, 'client'>,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name } = metadata;
  const options = { signal, preconditions: preconditions(metadata) };
  try {
    await client.delete(resource, { namespace, name }, options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
