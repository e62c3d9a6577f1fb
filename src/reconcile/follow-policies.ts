import { projectForeignPolicy, projectTieredPolicy } from '../kube/policy-projections.ts';
import type { Store } from '../kube/store.ts';
import type { Followers } from './followers.ts';
import type { PolicyCaches } from './policy-caches.ts';

/** Keeps the policies of other kinds like the cluster, each kind while its definition is there. */
export function followPolicies<Definition>(
  followers: Followers,
  policies: PolicyCaches,
  definitions: Store<Definition>,
  signal: AbortSignal,
): void {
  for (const [{ kind, resource }, store] of policies.tiered) {
    const project = projectTieredPolicy(kind, resource);
    followers.followWhileDefined({ resource, store, project }, definitions, signal);
  }
  for (const [{ kind, resource }, store] of policies.foreign) {
    const project = projectForeignPolicy(kind, resource);
    followers.followWhileDefined({ resource, store, project }, definitions, signal);
  }
}
