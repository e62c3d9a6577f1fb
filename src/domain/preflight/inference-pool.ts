import type { PortUse } from './port-use.ts';
import { type ReachedServices, usesThrough } from './reached-service.ts';
import type { Selection } from './selected-shapes.ts';
import { podsOf } from './source.ts';
import type { InferencePool } from './usage.ts';

/** It runs where its class says, which no object tells. */
const GATEWAY = podsOf('the gateway');

/**
 * A gateway connects to the pods of a pool themselves, without a Service: "Selector determines which Pods are members of
 * this inference pool. It matches Pods by their labels only within the same namespace"; "TargetPorts defines a list of
 * ports that are exposed by this InferencePool" (inference.networking.k8s.io/v1 InferencePoolSpec).
 */
export function inferencePoolUses(
  pools: readonly InferencePool[],
  namespace: string,
  selection: Selection,
  services: ReachedServices,
): PortUse[] {
  return pools
    .filter((pool) => pool.namespace === namespace)
    .flatMap((pool) => [...memberUses(pool, selection), ...pickerUses(pool, services)]);
}

function memberUses(
  { namespace, name, selector, targetPorts }: InferencePool,
  selection: Selection,
): PortUse[] {
  if (Object.keys(selector).length === 0) return [];
  const { shapes, once } = selection({ matchLabels: selector });
  if (shapes.length === 0) return [];
  return targetPorts.map((port) => ({
    port,
    protocol: 'TCP',
    user: `InferencePool ${namespace}/${name}${once}`,
    source: GATEWAY,
  }));
}

/** "EndpointPickerRef is a reference to the Endpoint Picker extension": the gateway asks it, too, which pod to take. */
function pickerUses(
  { namespace, name, picker }: InferencePool,
  services: ReachedServices,
): PortUse[] {
  if (!picker) return [];
  const by = `InferencePool ${namespace}/${name} endpoint picker`;
  return usesThrough(services, { by, source: GATEWAY, ...picker, protocol: 'TCP' });
}
