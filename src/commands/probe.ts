import { hostname, networkInterfaces } from 'node:os';
import { canonicalAddress } from '../domain/exposure/address-range.ts';
import { worstVerdict } from '../domain/exposure/exposure.ts';
import type { PortList } from '../domain/exposure/port-list.ts';
import { Prober } from '../probe/prober.ts';
import type { ClusterFlags } from './cluster-access.ts';
import { CommandError } from './command-error.ts';
import { probeDocument } from './format/probe-document.ts';
import { probeTable } from './format/probe-table.ts';
import { jsonText, yamlText } from './format/structured.ts';
import { type FoundPlaces, findPlaces } from './probe/find-places.ts';
import { type InsideView, lookInside } from './probe/inside.ts';
import { type FoundPod, isHeld, type Place } from './probe/lookup.ts';
import { type PlannedScan, planScans } from './probe/plan-scans.ts';
import { type AddressResult, exitCodeOf, type ProbeResult } from './probe/result.ts';
import { resultOfScan } from './probe/result-of-scan.ts';
import { type DoneScan, runScans } from './probe/run-scans.ts';
import { portsOf } from './probe/scan.ts';
import { summaryOf } from './probe/summary.ts';
import { parseTarget, type Target } from './probe/target.ts';
import { durationText, ProgressBar } from './progress-bar.ts';
import { processStreams } from './streams.ts';
import { wantsColor } from './wants-color.ts';
import { Words } from './words.ts';

/** The arguments of `portlock probe`, parsed. */
export interface ProbeFlags extends ClusterFlags {
  target: string;
  /** Undefined where the target decides. */
  ports: PortList | undefined;
  /** Connections a second; 0 for as many as go. */
  rate: number;
  /** Connections under way at a time. */
  concurrency: number;
  /** Milliseconds. */
  timeout: number;
  output: 'table' | 'wide' | 'json' | 'yaml';
  color: boolean;
  quiet: boolean;
  inside: boolean;
}

/**
 * Probes one target and prints what is reachable.
 * @returns the exit code: 0 clean, 1 an undeclared port is reachable, 2 it could not be told
 * @throws CommandError, KubeConfigError, ProbeError: it could not even be tried, in one line
 */
export async function runProbe(flags: ProbeFlags, signal: AbortSignal): Promise<number> {
  const target = parseTarget(flags.target);
  const streams = processStreams();
  const words = new Words({ isQuiet: flags.quiet }, streams);
  const prober = new Prober({
    connectionsPerSecond: flags.rate,
    maximumInFlight: flags.concurrency,
    timeoutMilliseconds: flags.timeout,
  });
  const found = await findPlaces(target, flags, words, signal);
  try {
    const result = await probe({ target, flags, words, prober, found, signal });
    await streams.stdout(formatted(result, flags));
    for (const line of summaryOf(result)) words.say(line);
    return exitCodeOf(result.verdict);
  } finally {
    await Promise.all([prober.close(), found.known?.cluster.client.close()]);
  }
}

/** What becomes of each port is kept, which takes 76 MB for so many (measured). */
const MOST_CONNECTIONS = 2_000_000;

/** All that a probe needs. */
interface Context {
  target: Target;
  flags: ProbeFlags;
  words: Words;
  prober: Prober;
  found: FoundPlaces;
  signal: AbortSignal;
}

async function probe(context: Context): Promise<ProbeResult> {
  const { target, flags, words, found, signal } = context;
  const startedAt = Date.now();
  warnOfUnready(found.places, words);
  const insides = flags.inside ? await lookInsideAll(context) : new Map<string, InsideView>();
  const plans = planScans(target, found.places, flags.ports, insides);
  const scans = await scanWithProgress(plans, context);
  const after = await found.known?.lookup(signal);
  const ownAddresses = addressesOfThisMachine();
  const results = scans.map((done) =>
    resultOfScan(done, {
      isHeld: after === undefined || isHeld(done.plan.place, after),
      inside: insides.get(done.plan.place.found?.pod.uid ?? ''),
      ownAddresses,
    }),
  );
  refuseWhereNoWay(results);
  const addresses = target.kind === 'range' ? results.filter(isWorthTelling) : results;
  if (addresses.length === 0)
    throw new CommandError(`no address of ${flags.target} gave an answer`);
  return {
    target: flags.target,
    isRange: target.kind === 'range',
    from: hostname(),
    startedAt,
    endedAt: Date.now(),
    addresses,
    verdict: worstVerdict(addresses.map(({ verdict }) => verdict)),
    silentAddresses: results.length - addresses.length,
    warnings: words.warnings,
  };
}

function podsOf(places: readonly Place[]): Map<string, FoundPod> {
  return new Map(places.flatMap(({ found }) => (found ? [[found.pod.uid, found] as const] : [])));
}

function warnOfUnready(places: readonly Place[], words: Words): void {
  const unready = [...podsOf(places).values()].filter(({ pod }) => !pod.ready);
  const names = unready.slice(0, 5).map(({ pod }) => pod.name);
  const more = unready.length > names.length ? ` and ${unready.length - names.length} more` : '';
  if (unready.length > 0)
    words.warn(`not ready, so what listens may still change: ${names.join(', ')}${more}`);
}

/** What every pod looks like from inside, by uid. */
async function lookInsideAll(context: Context): Promise<Map<string, InsideView>> {
  const { found, words, signal, flags } = context;
  const pods = podsOf(found.places);
  if (found.known === undefined || pods.size === 0)
    throw new CommandError(`--inside needs a pod, and none is known to hold ${flags.target}`);
  words.say(`Looking inside ${pods.size === 1 ? 'the pod' : `${pods.size} pods`}`);
  const views = new Map<string, InsideView>();
  for (const [uid, each] of pods) {
    const view = await lookInside(found.known.cluster.client, each, signal);
    views.set(uid, view);
    for (const { container, reason } of view.containers.filter(({ readBy }) => !readBy))
      words.warn(`could not look inside ${each.pod.name}, container ${container}: ${reason}`);
  }
  return views;
}

async function scanWithProgress(
  plans: readonly PlannedScan[],
  context: Context,
): Promise<DoneScan[]> {
  const { prober, words, flags, signal } = context;
  const total = plans.reduce((sum, { asked }) => sum + portsOf(asked), 0);
  if (total > MOST_CONNECTIONS)
    throw new CommandError(
      `${total.toLocaleString('en')} ports are too many at a time: at most ${MOST_CONNECTIONS.toLocaleString('en')}; name fewer with --ports, or fewer addresses`,
    );
  const bar = new ProgressBar(process.stderr, total, 'ports', performance.now());
  words.say(announcement(plans.length, total, flags.rate));
  try {
    const onProgress = (done: number) => !flags.quiet && bar.show(done, performance.now());
    return await runScans(prober, plans, onProgress, signal);
  } finally {
    bar.clear();
  }
}

/** @param rate connections a second; 0 for as many as go */
function announcement(addresses: number, ports: number, rate: number): string {
  const where = addresses === 1 ? '' : ` of ${addresses} addresses`;
  const what = `Probing ${ports.toLocaleString('en')} ${ports === 1 ? 'port' : 'ports'}${where}`;
  const seconds = ports / rate;
  if (rate === 0 || seconds < 10) return what;
  return `${what} at ${rate} connections a second: about ${durationText(seconds * 1_000)}`;
}

/** Where the network says of everything that there is no way, there is no result either. */
function refuseWhereNoWay(results: readonly AddressResult[]): void {
  const isAway = ({ counts }: AddressResult) =>
    counts.unreachable > 0 && counts.open + counts.refused + counts.filtered === 0;
  const [first] = results;
  if (first === undefined || !results.every(isAway)) return;
  const all = results.length === 1 ? first.address : `${first.address} and the other addresses`;
  throw new CommandError(`there is no way to ${all} from here: the network says it is unreachable`);
}

/** Of a range without a cluster, most addresses may be nobody's. */
function isWorthTelling({ pod, counts }: AddressResult): boolean {
  return pod !== undefined || counts.open + counts.refused > 0;
}

function formatted(result: ProbeResult, { output, color }: ProbeFlags): string {
  switch (output) {
    case 'json':
      return jsonText(probeDocument(result));
    case 'yaml':
      return yamlText(probeDocument(result));
    default:
      return probeTable(result, { wide: output === 'wide', color: color && wantsColor() });
  }
}

function addressesOfThisMachine(): Set<string> {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return new Set(all.flatMap(({ address }) => canonicalAddress(address) ?? []));
}
