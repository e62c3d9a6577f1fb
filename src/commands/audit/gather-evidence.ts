import type { Peer } from '../../domain/evaluate/network-policy.ts';
import type { PortList } from '../../domain/exposure/port-list.ts';
import { PODS } from '../../kube/resources.ts';
import { withTroubleTold } from '../api-trouble.ts';
import type { ClusterAccess } from '../cluster-access.ts';
import { CommandError } from '../command-error.ts';
import { countOf } from '../count-of.ts';
import type { ManifestCluster } from '../manifests/cluster.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import type { AskedAddress } from '../peer/round.ts';
import { podOf } from '../probe/lookup.ts';
import { ProgressBar } from '../progress-bar.ts';
import { withThrowaway } from '../throwaway/throwaway.ts';
import type { Words } from '../words.ts';
import { askFromPeer, peerArguments } from './ask-from-peer.ts';
import { askFromPod } from './ask-from-pod.ts';
import type { Audited } from './audited.ts';
import { type Evidence, NO_EVIDENCE } from './evidence.ts';
import { type Inside, lookIntoPods } from './look-inside.ts';
import { type Ask, mayBeProbed, orderOf, type ProbeOrder } from './probe-order.ts';
import { oncePerPort, reachableOf } from './reachable.ts';
import { stillThere } from './still-there.ts';
import { type Subject, subjectsOf } from './subjects.ts';

/** What is to be looked at beside objects. */
export interface EvidenceFlags {
  inside: boolean;
  probe: boolean;
  /** `NAMESPACE/NAME` of a pod that is there; undefined for one that is made. */
  fromPod: string | undefined;
  image: string;
  ports: PortList | undefined;
  rate: number;
  quiet: boolean;
}

export interface Looking {
  access: ClusterAccess;
  cluster: ManifestCluster;
  snapshots: Snapshots;
  flags: EvidenceFlags;
  words: Words;
  signal: AbortSignal;
}

/** How long a pod that asks may live, in seconds. */
const LIFETIME = 3_600;

/**
 * Looks into pods and connects to them, as far as the user wants that.
 * @throws CommandError where connecting cannot even be tried
 */
export async function gatherEvidence(
  audited: readonly Audited[],
  looking: Looking,
): Promise<Map<Audited, Evidence>> {
  const { flags, words } = looking;
  const subjects = subjectsOf(audited);
  const looked = new Set(subjects.map((subject) => subject.audited));
  const left = audited.filter((each) => !looked.has(each)).length;
  if (left > 0 && (flags.probe || flags.inside))
    words.warn(`nothing was looked at of ${countOf(left, 'workload')} without a ready pod`);
  const insides = flags.inside ? await lookIntoAll(subjects, looking) : new Map<Subject, Inside>();
  const asked = subjects.filter(mayBeProbed);
  const reached =
    flags.probe && asked.length > 0
      ? await probeAll(asked, orderOf(asked, insides, flags.ports, flags.rate), looking)
      : new Map<Subject, Pick<Evidence, 'reachable' | 'doubts'>>();
  const seen = subjects.map((subject) => ({
    subject,
    evidence: merged([
      { ...NO_EVIDENCE, ...insides.get(subject) },
      { ...NO_EVIDENCE, ...reached.get(subject) },
    ]),
  }));
  const byWorkload = Map.groupBy(seen, ({ subject }) => subject.audited);
  return new Map(
    audited.map((each) => [
      each,
      merged((byWorkload.get(each) ?? []).map(({ evidence }) => evidence)),
    ]),
  );
}

function merged(all: readonly Evidence[]): Evidence {
  const reachable = joined(all.map((each) => each.reachable));
  return {
    reachable: reachable && oncePerPort(reachable),
    listening: joined(all.map(({ listening }) => listening)),
    connected: joined(all.map(({ connected }) => connected)),
    doubts: all.flatMap(({ doubts }) => doubts),
  };
}

/** Undefined where nothing is known of any. */
function joined<T>(lists: readonly (readonly T[] | undefined)[]): T[] | undefined {
  const known = lists.filter((each) => each !== undefined);
  if (known.length === 0) return undefined;
  const once = new Map(known.flat().map((each) => [JSON.stringify(each), each]));
  return [...once.values()];
}

async function lookIntoAll(
  subjects: readonly Subject[],
  { access, cluster, flags, words, signal }: Looking,
): Promise<Map<Subject, Inside>> {
  words.say(`Looking inside ${countOf(subjects.length, 'pod')}`);
  const holders = new Map(
    cluster.pods
      .filter(({ hostNetwork }) => !hostNetwork)
      .flatMap(({ namespace, name, ips }) =>
        ips.map((ip) => [ip, `${namespace}/${name}`] as const),
      ),
  );
  const bar = new ProgressBar(process.stderr, subjects.length, 'pods', performance.now());
  const onDone = (done: number) => !flags.quiet && bar.show(done, performance.now());
  const peerOf = (address: string) => holders.get(address) ?? address;
  return lookIntoPods(access.client, subjects, peerOf, onDone, signal).finally(() => bar.clear());
}

async function probeAll(
  subjects: readonly Subject[],
  order: ProbeOrder,
  looking: Looking,
): Promise<Map<Subject, Pick<Evidence, 'reachable' | 'doubts'>>> {
  const { flags, words, snapshots, signal } = looking;
  const { size } = order.addresses;
  words.say(`Connecting to ${countOf(size, 'address', 'addresses')}`);
  const bar = new ProgressBar(process.stderr, size, 'addresses', performance.now());
  const seen = new Map<string, AskedAddress>();
  const onAddress = (each: AskedAddress) => {
    seen.set(each.address, each);
    if (!flags.quiet) bar.show(seen.size, performance.now());
  };
  const use = (ask: Ask) => ask(order, onAddress, signal);
  const peer = await (flags.fromPod === undefined
    ? fromPeer(order, looking, use)
    : fromPod(flags.fromPod, looking, use)
  ).finally(() => bar.clear());
  const there = await stillThere(looking.access.client, subjects, signal);
  return new Map(
    subjects.map((each) => [
      each,
      there.has(each) ? reachableOf(each, seen, peer, snapshots) : notToldOf(each),
    ]),
  );
}

function notToldOf({ pod: { namespace, name } }: Subject): Pick<Evidence, 'reachable' | 'doubts'> {
  const doubt = `nothing is told of ${namespace}/${name}: it ended, or lost its address, meanwhile`;
  return { reachable: undefined, doubts: [doubt] };
}

/** Makes a pod that asks, and takes it away. Returns who asked, as policies see it. */
function fromPeer(
  order: ProbeOrder,
  { access, flags, words, signal }: Looking,
  use: (ask: Ask) => Promise<void>,
): Promise<Peer | undefined> {
  const options = {
    client: access.client,
    purpose: 'portlock-audit',
    image: flags.image,
    namespace: undefined,
    lifetime: LIFETIME,
    words,
  };
  return withThrowaway(options, signal, async (throwaway) => {
    const { name } = throwaway.place;
    const pod = { name, args: peerArguments(order), labels: {} };
    const { ips, labels } = await throwaway.start(pod, signal);
    await use(askFromPeer(throwaway, name));
    const { namespace } = throwaway.place;
    return { namespace, namespaceLabels: throwaway.namespaceLabels, labels, ips };
  });
}

async function fromPod(
  text: string,
  { access: { client }, cluster, snapshots, signal }: Looking,
  use: (ask: Ask) => Promise<void>,
): Promise<Peer | undefined> {
  const [namespace, name, ...more] = text.split('/');
  if (!namespace || !name || more.length > 0)
    throw new CommandError(`--from-pod must be NAMESPACE/NAME, not ${JSON.stringify(text)}`);
  const verb = { verb: 'get', resource: 'pods', namespace };
  const found = podOf(
    await withTroubleTold(verb, () => client.get(PODS, { namespace, name }, { signal })),
  );
  await use(askFromPod(client, found));
  // Of a namespace that was not read, the labels are not known, and no policy applies to a node.
  if (!cluster.namespaces.has(namespace) || found.pod.hostNetwork) return undefined;
  const { labels, ips } = found.pod;
  return { namespace, namespaceLabels: snapshots.namespace(namespace).labels, labels, ips };
}
