import type { ForeignPolicy } from '../domain/foreign-policy.ts';
import type { TieredPolicy } from '../domain/tiered-policy.ts';
import type { Resource } from './resource.ts';
import { fieldsOf, identityOf } from './wire-fields.ts';

/**
 * From policies of other kinds to what is read of them: the spec as it is, and no metadata but the
 * names. A list's items do not say their kind, so that is passed in. None throws.
 */

/** Projects an AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy. */
export function projectTieredPolicy(
  kind: string,
  resource: Resource,
): (wire: object) => TieredPolicy {
  return (wire) => {
    const { spec } = fieldsOf(wire);
    return {
      ...{ apiVersion: apiVersionOf(resource), kind, metadata: identityOf(wire) },
      // What is not of the shape that it should be, the evaluator does not take for understood.
      spec: fieldsOf(spec) as unknown as TieredPolicy['spec'],
    };
  };
}

/** Projects a policy of a network plugin's own kind. */
export function projectForeignPolicy(
  kind: string,
  resource: Resource,
): (wire: object) => ForeignPolicy {
  return (wire) => {
    const { spec, specs } = fieldsOf(wire);
    return {
      ...{ apiVersion: apiVersionOf(resource), kind, metadata: identityOf(wire) },
      ...(spec !== undefined && { spec }),
      ...(specs !== undefined && { specs }),
    };
  };
}

function apiVersionOf({ group, version }: Resource): string {
  return `${group}/${version}`;
}
