import type { Peer } from '../../domain/evaluate/network-policy.ts';
import { canonicalAddress } from '../../domain/exposure/address-range.ts';
import { CommandError } from '../command-error.ts';
import type { ManifestCluster } from '../manifests/cluster.ts';
import type { Snapshots } from '../manifests/snapshots.ts';

/** Where a connection comes from. */
export type Source =
  /** Whoever it is. */
  | { kind: 'anybody' }
  /** The node on which the pod runs. */
  | { kind: 'node' }
  | { kind: 'peer'; peer: Peer; text: string };

/** What `--from` may be. */
export const SOURCES = 'NAMESPACE/NAME of a workload or pod, namespace/NAME, an address, node';

/**
 * What `--from` says; anybody where it is not there.
 * @throws CommandError
 */
export function sourceOf(
  text: string | undefined,
  cluster: ManifestCluster,
  snapshots: Snapshots,
): Source {
  if (text === undefined) return { kind: 'anybody' };
  if (text === 'node') return { kind: 'node' };
  const address = canonicalAddress(text);
  if (address !== undefined)
    return { kind: 'peer', text: `the address ${address}`, peer: { ips: [address] } };
  const [first, name, ...more] = text.split('/');
  if (!first || !name || more.length > 0)
    throw new CommandError(`--from must be ${SOURCES}, not ${JSON.stringify(text)}`);
  if (first === 'namespace' || first === 'ns') {
    const peer = podIn(name, {}, [], snapshots);
    return { kind: 'peer', text: `a pod without labels in the namespace ${name}`, peer };
  }
  return namedSource(first, name, cluster, snapshots);
}

function namedSource(
  namespace: string,
  name: string,
  { pods, workloads }: ManifestCluster,
  snapshots: Snapshots,
): Source {
  const isIt = (each: { namespace: string; name: string }) =>
    each.namespace === namespace && each.name === name;
  const pod = pods.find(isIt);
  if (pod)
    return {
      kind: 'peer',
      text: `the pod ${namespace}/${name}`,
      peer: podIn(namespace, pod.labels, pod.ips, snapshots),
    };
  const workload = workloads.map(({ value }) => value).find(isIt);
  if (!workload)
    throw new CommandError(`there is no workload or pod ${namespace}/${name} among what was read`);
  return {
    kind: 'peer',
    text: `the pods of ${workload.kind} ${namespace}/${name}`,
    peer: podIn(namespace, workload.template.labels, [], snapshots),
  };
}

function podIn(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  ips: readonly string[],
  snapshots: Snapshots,
): Peer {
  return { namespace, namespaceLabels: snapshots.namespace(namespace).labels, labels, ips };
}
