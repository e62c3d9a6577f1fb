import type { Peer } from '../../domain/evaluate/network-policy.ts';
import { canonicalAddress } from '../../domain/exposure/address-range.ts';
import { CommandError } from '../command-error.ts';
import type { ManifestCluster } from '../manifests/cluster.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import { type NamedObject, namedObject } from './named-object.ts';

/** Where a connection comes from. */
export type Source =
  /** Whoever it is. */
  | { kind: 'anybody' }
  /** The node on which the pod runs. */
  | { kind: 'node' }
  | { kind: 'peer'; peer: Peer; text: string };

/** What `--from` may be. */
export const SOURCES =
  'NAMESPACE/NAME or TYPE/NAME of a workload or pod, namespace/NAME, an address, node';

/**
 * What `--from` says; anybody where it is not there.
 * @param ofWorkload the namespace of what is explained
 * @throws CommandError
 */
export function sourceOf(
  text: string | undefined,
  ofWorkload: string,
  cluster: ManifestCluster,
  snapshots: Snapshots,
): Source {
  if (text === undefined) return { kind: 'anybody' };
  if (text === 'node') return { kind: 'node' };
  const address = canonicalAddress(text);
  if (address !== undefined)
    return { kind: 'peer', text: `the address ${address}`, peer: { ips: [address] } };
  const [, name] = NAMESPACE.exec(text) ?? [];
  if (name !== undefined) {
    const peer = podIn(name, {}, [], snapshots);
    return { kind: 'peer', text: `a pod without labels in the namespace ${name}`, peer };
  }
  const named = text.includes('/') ? namedObject(text, ofWorkload) : undefined;
  if (named === undefined)
    throw new CommandError(`--from must be ${SOURCES}, not ${JSON.stringify(text)}`);
  return namedSource(named, cluster, snapshots);
}

/** Whoever in a namespace. */
const NAMESPACE = /^(?:namespace|ns)\/([^/]+)$/;

function namedSource(
  { kind, namespace, name }: NamedObject,
  { pods, workloads }: ManifestCluster,
  snapshots: Snapshots,
): Source {
  const isIt = (each: { namespace: string; name: string }) =>
    each.namespace === namespace && each.name === name;
  const pod = kind === undefined || kind === 'Pod' ? pods.find(isIt) : undefined;
  if (pod)
    return {
      kind: 'peer',
      text: `the pod ${namespace}/${name}`,
      peer: podIn(namespace, pod.labels, pod.ips, snapshots),
    };
  const workload = workloads
    .map(({ value }) => value)
    .find((each) => isIt(each) && (kind === undefined || each.kind === kind));
  if (!workload)
    throw new CommandError(
      `there is no ${kind ?? 'workload or pod'} ${namespace}/${name} among what was read`,
    );
  return {
    kind: 'peer',
    text: `the pods of ${workload.kind} ${namespace}/${name}`,
    peer: podIn(namespace, workload.template.labels, [], snapshots),
  };
}

/** The namespace that `--from` names, or that of the workload; undefined where it names none. */
export function namespaceOfSource(text: string, ofWorkload: string): string | undefined {
  const [, namespace] = NAMESPACE.exec(text) ?? [];
  return namespace ?? (text.includes('/') ? namedObject(text, ofWorkload)?.namespace : undefined);
}

function podIn(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  ips: readonly string[],
  snapshots: Snapshots,
): Peer {
  return { namespace, namespaceLabels: snapshots.namespace(namespace).labels, labels, ips };
}
