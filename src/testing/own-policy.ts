import type { NetworkPolicy } from '../api/kubernetes.ts';
import { policyName } from '../domain/workload/object-names.ts';
import type { Workload } from '../domain/workload/workload.ts';
import { policy } from './builders.ts';

/**
 * The policy of a workload as portlock makes it, written down by hand: it opens these TCP ports to everybody.
 *
 * @param name another one than it should have
 */
export function ownPolicy(
  { apiVersion, kind, namespace, name: owner, uid, selector }: Workload,
  ports: readonly number[],
  name = policyName({ kind, name: owner }),
): NetworkPolicy {
  return {
    ...policy(name, {
      podSelector: selector,
      ingress: [{ ports: ports.map((port) => ({ port, protocol: 'TCP' })) }],
    }),
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'portlock' },
      ownerReferences: [
        { apiVersion, kind, name: owner, uid, controller: true, blockOwnerDeletion: false },
      ],
    },
  };
}
