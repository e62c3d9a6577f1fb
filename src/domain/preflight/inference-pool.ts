import type { LabelIndex } from './label-index.ts';
import type { PodShape } from './pod-shape.ts';
import type { PortUse } from './port-use.ts';
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
  pods: LabelIndex<PodShape>,
): PortUse[] {
  return pools
    .filter((pool) => pool.namespace === namespace && Object.keys(pool.selector).length > 0)
    .filter(({ selector }) => pods.matching({ matchLabels: selector }).length > 0)
    .flatMap(({ name, targetPorts }) =>
      targetPorts.map((port) => ({
        port,
        protocol: 'TCP' as const,
        user: `InferencePool ${namespace}/${name}`,
        source: GATEWAY,
      })),
    );
}
