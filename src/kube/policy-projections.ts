import type { PluginPolicy } from '../domain/evaluate/plugins/plugin-policy.ts';
import type { TieredPolicy } from '../domain/evaluate/tiered-policy.ts';
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
      apiVersion: apiVersionOf(resource),
      kind,
      metadata: identityOf(wire),
      // What is not of the shape that it should be, the evaluator does not take for understood.
      spec: fieldsOf(spec) as unknown as TieredPolicy['spec'],
    };
  };
}

/** Projects a policy of a network plugin's own kind. */
export function projectPluginPolicy(
  kind: string,
  resource: Resource,
): (wire: object) => PluginPolicy {
  return (wire) => {
    const { spec, specs } = fieldsOf(wire);
    return {
      apiVersion: apiVersionOf(resource),
      kind,
      metadata: identityOf(wire),
      ...(spec !== undefined && { spec: cutOff(spec, DEEPEST) }),
      ...(specs !== undefined && { specs: cutOff(specs, DEEPEST) }),
    };
  };
}

/** No field of any of these kinds is so deep; some definitions keep whatever they are given. */
const DEEPEST = 64;

/** Without what is deeper: whoever goes through it must come to an end. */
function cutOff(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((entry) => cutOff(entry, depth - 1));
  const fields = Object.entries(value).map(([key, field]) => [key, cutOff(field, depth - 1)]);
  return Object.fromEntries(fields);
}

function apiVersionOf({ group, version }: Resource): string {
  return `${group}/${version}`;
}
