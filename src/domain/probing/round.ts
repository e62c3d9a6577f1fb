import { familyOf, IP_FAMILIES, type IpFamily } from '../match/ip-family.ts';
import {
  EQUAL_READINGS,
  type Evidence,
  isConclusive,
  isGood,
  limited,
  type Observation,
  type Observed,
  type PodReading,
  type PortEvidence,
  type Round,
  type SettledObservation,
} from './evidence.ts';
import type { Outcome } from './reading.ts';

/**
 * Adds a round. Bad news from pods or policies younger than `settleMilliseconds` does not count:
 * networks may take that long to let a policy or a pod in.
 */
export function withRound(
  evidence: Evidence,
  round: Round,
  declared: ReadonlySet<number>,
  settleMilliseconds: number,
): Evidence {
  if (round.policies !== evidence.policies) return evidence;
  // Nothing could be read: what was known before is not made wrong by that.
  if (round.readings.length === 0) {
    const lastRound = { endedAt: round.endedAt, pods: '', podCount: 0, portCount: 0 };
    return { ...evidence, lastRound };
  }
  const asked = askedPorts(round);
  const { ports, open, refusals, untold } = readPorts(
    evidence,
    round,
    asked,
    declared,
    settleMilliseconds,
  );
  const isAnswered = acceptsEverything(round);
  const podCount = new Set(round.readings.map(({ pod }) => pod.uid)).size;
  return {
    // What answers everything is no exposure of its own.
    ...evidence,
    ports,
    refusals,
    untold,
    acceptsEverything: isAnswered,
    referred: readReferred(evidence, round, settleMilliseconds),
    seen: isAnswered ? evidence.seen : limited([...evidence.seen, ...open]),
    settled: settledObservations(evidence, ports, declared, round.endedAt),
    witnesses: witnessesOf(round, ports, declared),
    lastRound: { endedAt: round.endedAt, pods: round.pods, podCount, portCount: asked.size },
  };
}

/** Of each port that is bad news, the first pod that showed it. */
function witnessesOf(
  { readings }: Round,
  ports: ReadonlyMap<number, PortEvidence>,
  declared: ReadonlySet<number>,
): string[] {
  const witnesses = [...ports].flatMap(([port, { observed }]) => {
    if (isGood(observed, declared.has(port))) return [];
    const shows = ({ reading }: PodReading) => {
      const outcome = reading.ports.get(port);
      return outcome !== undefined && OBSERVED[outcome] === observed;
    };
    return readings.find(shows)?.pod.uid ?? [];
  });
  return [...new Set(witnesses)];
}

/** All but the decoys: of one that happens to be in use a sweep tells. */
function askedPorts({ readings, decoys }: Round): Set<number> {
  const asked = new Set(readings.flatMap(({ reading }) => [...reading.ports.keys()]));
  for (const port of decoys) asked.delete(port);
  return asked;
}

/** What the round says of each port: those to keep, the undeclared ones that were open, and how many refused or told nothing. */
function readPorts(
  evidence: Evidence,
  round: Round,
  asked: ReadonlySet<number>,
  declared: ReadonlySet<number>,
  settleMilliseconds: number,
): Pick<Evidence, 'refusals' | 'untold'> & { ports: Map<number, PortEvidence>; open: number[] } {
  const policiesYoung = round.endedAt - evidence.policiesSince < settleMilliseconds;
  const seen = new Set(evidence.seen);
  const ports = new Map<number, PortEvidence>();
  const open: number[] = [];
  const refusals = { ports: 0, counted: false };
  let untold = 0;
  for (const port of asked) {
    const isDeclared = declared.has(port);
    const latest = aggregate(round.readings, port, isDeclared);
    const { observed } = latest;
    const counted = !latest.young && !policiesYoung;
    if (!isDeclared && observed === 'Open') open.push(port);
    if (!isDeclared && observed === 'Unknown') untold += 1;
    if (!isDeclared && observed === 'Refused') {
      refusals.ports += 1;
      refusals.counted ||= counted;
    }
    // The crowd of undeclared ports that were never open is not kept one by one.
    if (!isDeclared && observed !== 'Open' && !seen.has(port)) continue;
    ports.set(port, continued(evidence.ports.get(port), latest, policiesYoung));
  }
  return {
    ports,
    open,
    refusals: inARow(evidence.refusals, refusals.ports, refusals.counted),
    untold: inARow(evidence.untold, untold, true),
  };
}

/**
 * On which of the ports that only other namespaces refer to every pod refuses. It takes as many rounds as
 * bad news, of the same pods: who does not listen yet may do so a moment later.
 */
function readReferred(
  evidence: Evidence,
  { referred, pods, readings, endedAt }: Round,
  settleMilliseconds: number,
): Map<number, number> {
  const isYoung =
    endedAt - evidence.policiesSince < settleMilliseconds || readings.some(({ young }) => young);
  const areSamePods = evidence.lastRound?.pods === pods;
  // What is not referred to any more stands: one that comes and goes must not be asked anew each time.
  return new Map([
    ...(areSamePods ? evidence.referred : []),
    ...referred.map((port): [number, number] => {
      const isRefused =
        pods !== '' && readings.every(({ reading }) => reading.ports.get(port) === 'refused');
      const before = areSamePods ? (evidence.referred.get(port) ?? 0) : 0;
      return [port, isRefused ? before + (isYoung ? 0 : 1) : 0];
    }),
  ]);
}

/** What a port showed, and how many rounds in a row it did, over each family too. */
function continued(
  known: PortEvidence | undefined,
  { observed, pods, young, youngByFamily }: Aggregate,
  policiesYoung: boolean,
): PortEvidence {
  const before = known?.observed === observed ? known : undefined;
  const counts = (isYoung: boolean) => (isYoung || policiesYoung ? 0 : 1);
  const streak = (before?.streak ?? 0) + counts(young);
  if (!youngByFamily) return { observed, pods, streak };
  // Before pods were asked over both, what was seen was seen over whichever there was.
  const ofFamily = (family: IpFamily) =>
    (before?.byFamily ? before.byFamily[family] : before?.streak) ?? 0;
  const streaks = [...youngByFamily].map(([family, isYoung]) => [
    family,
    ofFamily(family) + counts(isYoung),
  ]);
  return { observed, pods, streak, byFamily: Object.fromEntries(streaks) };
}

/** How many ports, and in how many rounds in a row there were any. */
function inARow(
  before: Evidence['refusals'],
  ports: number,
  counted: boolean,
): Evidence['refusals'] {
  return { ports, streak: ports > 0 ? before.streak + (counted ? 1 : 0) : 0 };
}

/** Whether any pod accepted connections on all the ports where nothing listens. */
function acceptsEverything({ decoys, readings }: Round): boolean {
  return (
    decoys.length > 0 &&
    readings.some(({ reading }) => decoys.every((port) => reading.ports.get(port) === 'open'))
  );
}

/** What can be relied on now: what is conclusive, and for the rest what was before. */
function settledObservations(
  evidence: Evidence,
  ports: ReadonlyMap<number, PortEvidence>,
  declared: ReadonlySet<number>,
  now: number,
): Map<number, SettledObservation> {
  const settled = new Map<number, SettledObservation>();
  for (const [port, latest] of ports) {
    const { observed, pods } = latest;
    const before = evidence.settled.get(port);
    const firstSeen = before?.observed === observed ? before.firstSeen : now;
    const isDeclared = declared.has(port);
    const families = onlyFamily(latest, isDeclared);
    const reliable = isConclusive(latest, isDeclared)
      ? { observed, pods, firstSeen, lastSeen: now, ...(families && { families }) }
      : before;
    if (reliable) settled.set(port, reliable);
  }
  return settled;
}

/** The one family that showed it often enough, where pods were asked over both. */
function onlyFamily({ observed, byFamily }: PortEvidence, declared: boolean) {
  if (!byFamily) return undefined;
  const shown = IP_FAMILIES.filter((family) => byFamily[family] !== undefined);
  const needed = isGood(observed, declared) ? 0 : EQUAL_READINGS;
  const often = shown.filter((family) => (byFamily[family] ?? 0) >= needed);
  const told = often.length > 0 ? often : shown;
  return told.length === 1 ? told : undefined;
}

/** From best to worst for the owner: of a declared port, and of an undeclared one. */
const DECLARED_ORDER: readonly Observed[] = ['Open', 'Unknown', 'Refused', 'Filtered'];
const UNDECLARED_ORDER: readonly Observed[] = ['Filtered', 'Unknown', 'Refused', 'Open'];

const OBSERVED: Readonly<Record<Outcome, Observed>> = {
  open: 'Open',
  refused: 'Refused',
  filtered: 'Filtered',
  unreachable: 'Unknown',
  error: 'Unknown',
};

/** One port over all addresses of all pods. */
interface Aggregate extends Observation {
  /** Whether only young pods showed it. */
  young: boolean;
  /** The same of each family that showed it; undefined where the pods were asked over one. */
  youngByFamily: ReadonlyMap<IpFamily, boolean> | undefined;
}

/** The worst reading counts, and how many pods gave it. */
function aggregate(readings: readonly PodReading[], port: number, declared: boolean): Aggregate {
  const order = declared ? DECLARED_ORDER : UNDECLARED_ORDER;
  let observed: Observed | undefined;
  const pods = new Set<string>();
  const asked = new Set<IpFamily>();
  const young = new Map<IpFamily, boolean>();
  for (const { pod, young: podYoung, reading } of readings) {
    const outcome = reading.ports.get(port);
    if (outcome === undefined) continue;
    const family = familyOf(reading.ip);
    asked.add(family);
    const here = OBSERVED[outcome];
    if (observed === undefined || order.indexOf(here) > order.indexOf(observed)) {
      observed = here;
      pods.clear();
      young.clear();
    }
    if (here !== observed) continue;
    pods.add(pod.uid);
    young.set(family, (young.get(family) ?? true) && podYoung);
  }
  return {
    observed: observed ?? 'Unknown',
    pods: pods.size,
    young: observed !== undefined && young.values().every((each) => each),
    youngByFamily: asked.size > 1 ? young : undefined,
  };
}
