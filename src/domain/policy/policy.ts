import type {
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '../../api/kubernetes.ts';
import {
  MANAGED_BY_LABEL,
  MANAGED_BY_VALUE,
  NAMESPACE_NAME_LABEL,
  PROBER_POD_LABELS,
} from '../../api/names.ts';
import { type AllowFrom, partsOf, sourcesOf } from '../workload/allow-from.ts';
import { policyName } from '../workload/object-names.ts';
import {
  type AllowedPort,
  byRange,
  type PortRange,
  rangeKey,
  rangeOf,
} from '../workload/port-range.ts';
import { isAnybody, namespacesIn, type Sources } from '../workload/sources.ts';
import type { Workload } from '../workload/workload.ts';

/**
 * The policy that makes the declaration of a workload true: ingress to the pods of its selector on
 * the declared ports from whom allow-from lets in, and nothing else. Returns wire JSON.
 *
 * @param ports not empty: an empty list would mean every port
 * @throws RangeError where `ports` is empty
 */
export function buildPolicy(
  workload: Workload,
  ports: readonly AllowedPort[],
  allowFrom: AllowFrom,
  proberNamespace: string,
): NetworkPolicy {
  if (ports.length === 0) throw new RangeError('a policy without ports would allow every port');
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
      ingress: ingressRules(ports, allowFrom, proberNamespace),
    },
  };
}

/** The policy as a user would write it: without the owner and the marker by which portlock knows its own. */
export function renderedPolicy(policy: NetworkPolicy): NetworkPolicy {
  const { name, namespace } = policy.metadata;
  return { ...policy, metadata: { name, ...(namespace && { namespace }) } };
}

/** What a policy lists: ports, and ranges in their parts to each of which the same may connect; sorted, each once. */
export function listedParts(ports: readonly AllowedPort[], allowFrom: AllowFrom): PortRange[] {
  const parts = ports.flatMap((each) => partsOf(allowFrom, rangeOf(each)));
  return [...new Map(parts.map((part) => [rangeKey(part), part])).values()].sort(byRange);
}

/** One rule for all ports of the same sources; in the order of the first of their ports. */
function ingressRules(
  ports: readonly AllowedPort[],
  allowFrom: AllowFrom,
  proberNamespace: string,
): NetworkPolicyIngressRule[] {
  const sourcesOfPart = ({ first, protocol }: PortRange) =>
    sourcesOf(allowFrom, { port: first, protocol });
  const bySources = Map.groupBy(listedParts(ports, allowFrom), (part) =>
    sourcesOfPart(part).join(','),
  );
  return [...bySources.values()].map((same) => {
    const from = same[0] && peers(sourcesOfPart(same[0]), proberNamespace);
    return {
      ...(from && { from }),
      ports: same.map(portOnTheWire),
    };
  });
}

/** "endPort indicates that the range of ports from port to endPort if set, inclusive, should be allowed" (NetworkPolicyPort). */
function portOnTheWire({ first, last, protocol }: PortRange): NetworkPolicyPort {
  return first === last ? { port: first, protocol } : { port: first, endPort: last, protocol };
}

function peers(sources: Sources, proberNamespace: string): NetworkPolicyPeer[] | undefined {
  if (isAnybody(sources)) return undefined;
  return [
    ...(sources.includes('same-namespace') ? [{ podSelector: {} }] : []),
    ...namespacesIn(sources).map((name) => ({ namespaceSelector: namespaceNamed(name) })),
    // One peer with both selectors means AND; two peers would let every pod with these labels in.
    {
      namespaceSelector: namespaceNamed(proberNamespace),
      podSelector: { matchLabels: { ...PROBER_POD_LABELS } },
    },
  ];
}

/** "The Kubernetes control plane sets an immutable label kubernetes.io/metadata.name on all namespaces" (Kubernetes docs, network-policies) */
function namespaceNamed(name: string): LabelSelector {
  return { matchLabels: { [NAMESPACE_NAME_LABEL]: name } };
}
