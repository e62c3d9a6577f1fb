import type { ConvertedDefinition } from '../domain/preflight/usage.ts';
import { projectPluginPolicy, projectTieredPolicy } from '../kube/policy-projections.ts';
import { checked } from '../kube/shape.ts';
import { OTHER_POLICY } from '../kube/shapes.ts';
import type { Store } from '../kube/store.ts';
import type { PolicyCaches } from './policy-caches.ts';
import type { Reflectors } from './reflectors.ts';

/** Keeps the policies of other kinds like the cluster, each kind while its definition is there. */
export function reflectPolicies(
  reflectors: Reflectors,
  policies: PolicyCaches,
  definitions: Store<ConvertedDefinition>,
  signal: AbortSignal,
): void {
  for (const [{ kind, resource }, store] of policies.tiered) {
    const project = checked(OTHER_POLICY, projectTieredPolicy(kind, resource));
    reflectors.followWhileDefined({ resource, store, project }, definitions, signal);
  }
  for (const [{ kind, resource }, store] of policies.foreign) {
    const project = checked(OTHER_POLICY, projectPluginPolicy(kind, resource));
    reflectors.followWhileDefined({ resource, store, project }, definitions, signal);
  }
}
