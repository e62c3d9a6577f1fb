import type { NetworkPolicy, NetworkPolicyPort } from '../api/kubernetes.ts';
import { policyName } from '../domain/workload/object-names.ts';
import type { Workload } from '../domain/workload/workload.ts';
import { policy } from './builders.ts';

/**
 * The policy of a workload as portlock makes it, written down by hand: it opens these TCP ports, and ranges such as
 * `8000-8010`, to everybody.
 *
 * @param name another one than it should have
 */
export function ownPolicy(
  { apiVersion, kind, namespace, name: owner, uid, selector }: Workload,
  ports: readonly (number | `${number}-${number}`)[],
  name = policyName({ kind, name: owner }),
): NetworkPolicy {
  return {
    ...policy(name, {
      podSelector: selector,
      ingress: [{ ports: ports.map(portOnTheWire) }],
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

function portOnTheWire(listed: number | string): NetworkPolicyPort {
  if (typeof listed === 'number') return { port: listed, protocol: 'TCP' };
  const [port = 0, endPort = port] = listed.split('-').map(Number);
  return { port, endPort, protocol: 'TCP' };
}
