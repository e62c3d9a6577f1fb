import type { NetworkPolicy, NetworkPolicyPeer } from '../../api/kubernetes.ts';
import { MANAGED_BY_LABEL, MANAGED_BY_VALUE, PROBER_POD_LABELS } from '../../api/names.ts';
import type { DeclaredPort } from '../workload/declared-ports.ts';
import { policyName } from '../workload/object-names.ts';
import type { AllowFrom } from '../workload/settings.ts';
import type { Workload } from '../workload/workload.ts';

/**
 * The policy that makes the declaration of a workload true: ingress to the pods of its selector on
 * the declared ports and nothing else. Returns wire JSON.
 *
 * @param ports sorted, without duplicates, not empty: an empty list would mean every port
 * @throws RangeError where `ports` is empty
 */
export function buildPolicy(
  workload: Workload,
  ports: readonly DeclaredPort[],
  allowFrom: AllowFrom,
  proberNamespace: string,
): NetworkPolicy {
  if (ports.length === 0) throw new RangeError('a policy without ports would allow every port');
  const from = peers(allowFrom, proberNamespace);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: policyName(workload),
      namespace: workload.namespace,
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY_VALUE },
      ownerReferences: [
        {
          apiVersion: workload.apiVersion,
          kind: workload.kind,
          name: workload.name,
          uid: workload.uid,
          controller: true,
          // True would need a right on the owner's finalizers on some clusters, for nothing.
          blockOwnerDeletion: false,
        },
      ],
    },
    spec: {
      podSelector: workload.selector,
      policyTypes: ['Ingress'],
      ingress: [
        {
          ...(from && { from }),
          ports: ports.map(({ port, protocol }) => ({ port, protocol })),
        },
      ],
    },
  };
}

/** The policy as a user would write it: without the owner and the marker by which portlock knows its own. */
export function renderedPolicy(policy: NetworkPolicy): NetworkPolicy {
  const { name, namespace } = policy.metadata;
  return { ...policy, metadata: { name, ...(namespace && { namespace }) } };
}

function peers(allowFrom: AllowFrom, proberNamespace: string): NetworkPolicyPeer[] | undefined {
  if (allowFrom === 'any') return undefined;
  return [
    { podSelector: {} },
    // One peer with both selectors means AND; two peers would let every pod with these labels in.
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': proberNamespace } },
      podSelector: { matchLabels: { ...PROBER_POD_LABELS } },
    },
  ];
}
