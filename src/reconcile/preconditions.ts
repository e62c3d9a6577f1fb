import type { ObjectMeta } from '../api/object-meta.ts';

/** What an object must still be for a write to count: the very one that was looked at, in that version where it is given. */
export function preconditions({
  uid,
  resourceVersion,
}: Pick<ObjectMeta, 'uid' | 'resourceVersion'>): { uid?: string; resourceVersion?: string } {
  return { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
}
