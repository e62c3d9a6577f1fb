import { Deadline } from '../../kube/deadline.ts';
import { KubeConfigError } from '../../kube/kubeconfig.ts';
import { type ClusterAccess, type ClusterFlags, findCluster } from '../cluster-access.ts';
import { CommandError } from '../command-error.ts';
import type { Words } from '../words.ts';
import { addressLookup, type Lookup, type Place, podLookup, workloadLookup } from './lookup.ts';
import type { Target } from './target.ts';

/** What there is to probe, and whom to ask about it. */
export interface FoundPlaces {
  places: readonly Place[];
  /** Undefined where no cluster can be asked. */
  known: { cluster: ClusterAccess; lookup: Lookup } | undefined;
}

/** How long an address waits for a cluster that it could do without, in ms. */
const PATIENCE_WITH_CLUSTER = 5_000;

/**
 * Finds what the target names. A pod or a workload needs a cluster; an address does without one, as
 * in a debug pod that may ask nothing, unless the user named the cluster or wants to look inside.
 * @throws CommandError, KubeConfigError
 */
export async function findPlaces(
  target: Target,
  flags: ClusterFlags & { inside: boolean },
  words: Words,
  signal: AbortSignal,
): Promise<FoundPlaces> {
  if (target.kind === 'address' || target.kind === 'range')
    return findAddresses(target, flags, words, signal);
  const cluster = findCluster(flags);
  const lookup =
    target.kind === 'pod'
      ? podLookup(cluster, target.name)
      : workloadLookup(cluster, target.of, target.name);
  return { places: await lookup(signal), known: { cluster, lookup } };
}

type AddressTarget = Extract<Target, { kind: 'address' | 'range' }>;

async function findAddresses(
  target: AddressTarget,
  flags: ClusterFlags & { inside: boolean },
  words: Words,
  signal: AbortSignal,
): Promise<FoundPlaces> {
  const addresses = target.kind === 'address' ? [target.address] : target.addresses;
  const isNeeded = flags.inside || flags.kubeconfig !== undefined || flags.context !== undefined;
  const deadline = new Deadline(PATIENCE_WITH_CLUSTER, signal);
  if (isNeeded) deadline.lift();
  let cluster: ClusterAccess | undefined;
  let places: Place[];
  let lookup: Lookup;
  try {
    cluster = findCluster(flags);
    lookup = addressLookup(cluster, addresses, (namespace) =>
      words.warn(`only the pods of the namespace "${namespace}" may be listed`),
    );
    places = await lookup(deadline.signal);
  } catch (error) {
    await cluster?.client.close();
    const isTrouble = error instanceof KubeConfigError || error instanceof CommandError;
    if (isNeeded || !isTrouble) throw error;
    words.warn(`nothing is known of pods and what they declare: ${error.message}`);
    return {
      places: addresses.map((address) => ({ address, found: undefined })),
      known: undefined,
    };
  } finally {
    deadline.end();
  }
  return { places: placesToProbe(target, places, words), known: { cluster, lookup } };
}

/** Of a range, only what pods hold: other addresses are not the cluster's to be probed. */
function placesToProbe(
  target: AddressTarget,
  places: readonly Place[],
  words: Words,
): readonly Place[] {
  const ofPods = places.filter(({ found }) => found !== undefined);
  if (target.kind === 'range') {
    if (ofPods.length > 0) return ofPods;
    throw new CommandError(`no pod that may be listed has an address in ${target.cidr}`);
  }
  if (ofPods.length === 0)
    words.warn(`no pod that may be listed has the address ${target.address}`);
  return places;
}
