import type { Evidence } from '../probing/evidence.ts';
import { secondTiming } from '../probing/timing.ts';
import type { Snapshot } from '../snapshot.ts';
import { parsed } from '../text/time.ts';
import { portKey } from '../workload/declared-ports.ts';
import type { Status } from './conditions.ts';
import { isDrift, isDriftFinding, type PortRow, worstFirst } from './port-rows.ts';

export type SecondProbe = NonNullable<Status['secondProbe']>;
export type SecondFinding = NonNullable<SecondProbe['findings']>[number];

/** Where no replica is in its place, what it found counts for so many of its own intervals. */
const FRESH_INTERVALS = 2;

/** Whether this replica wrote that itself, before the workload fell to it. */
function isOwnProbe({ fromPod }: SecondProbe, { prober }: Snapshot): boolean {
  return fromPod === `${prober.namespace}/${prober.pod}`;
}

/**
 * What is known from another node than this replica's. It is what the second probe told last. Where
 * this replica takes over from one on another node, it is what that one found. Until somebody asks from there again it
 * is not known to be mended.
 */
export function standingProbe(snapshot: Snapshot): SecondProbe | undefined {
  const { secondProbe } = snapshot.report?.status ?? {};
  if (secondProbe && !isOwnProbe(secondProbe, snapshot)) return secondProbe;
  return formerProbe(snapshot);
}

function formerProbe({ report, prober }: Snapshot): SecondProbe | undefined {
  const { probe, ports = [] } = report?.status ?? {};
  if (!probe?.fromNode || probe.fromNode === prober.node) return undefined;
  const findings = ports.flatMap((row): SecondFinding[] => {
    const { declared: _, containers: _by, fromNode, finding, observed, ...rest } = row;
    const isTheirs = fromNode === undefined && observed !== 'Unknown';
    return isTheirs && isDriftFinding(finding) ? [{ ...rest, finding, observed }] : [];
  });
  if (findings.length === 0) return undefined;
  const { policiesSinceTime: _since, sweeps: _sweeps, message: _message, ...rounds } = probe;
  return { ...rounds, findings };
}

/**
 * What is known from another node, if it counts. It was seen under the policies of now, and a replica is
 * there to ask again, or it is not old. How late that replica is decides nothing: nobody else can know
 * better.
 *
 * @param policies the fingerprint of the policies of now
 */
export function countingProbe(snapshot: Snapshot, policies: string): SecondProbe | undefined {
  const standing = standingProbe(snapshot);
  if (standing?.policiesHash !== policies) return undefined;
  return snapshot.role.hasSecond || !isOld(standing, snapshot) ? standing : undefined;
}

/** Whether nobody can be about to write it: a second probe that lives makes a round in every interval of its own. */
export function isOld({ lastProbeTime }: SecondProbe, { now, timing }: Snapshot): boolean {
  const age = now - (parsed(lastProbeTime) ?? 0);
  return age > FRESH_INTERVALS * secondTiming(timing).interval;
}

/**
 * Rows with what only the second probe found: a port that differs from the declaration as seen from one of
 * two nodes differs.
 *
 * @param second what counts of it
 */
export function withSecondProbe(
  rows: readonly PortRow[],
  second: SecondProbe | undefined,
): readonly PortRow[] {
  if (!second) return rows;
  const { findings = [], fromNode = '' } = second;
  const merged = new Map(rows.map((row) => [portKey(row.port, row.protocol), row]));
  for (const each of findings) {
    const { port, protocol } = each;
    const own = merged.get(portKey(port, protocol));
    const declared = own?.declared ?? false;
    // It may have been declared since, or not be any more.
    const isSameQuestion = declared === (each.finding === 'DeclaredUnreachable');
    if (!isSameQuestion || (own && isDrift(own))) continue;
    merged.set(portKey(port, protocol), {
      port,
      protocol,
      declared,
      containers: own?.containers ?? [],
      ...secondRow(each, fromNode),
      ...(own && { observedHere: own.observed }),
    });
  }
  return [...merged.values()].sort(worstFirst);
}

/**
 * Whether the second probe cannot tell whether what it found before is mended: something hides the pods from
 * it, or it learned nothing of those ports.
 */
export function isBlind(evidence: Evidence, before: SecondProbe | undefined): boolean {
  if (evidence.acceptsEverything || evidence.untold.ports > 0) return true;
  return (before?.findings ?? []).some(
    ({ port }) => evidence.ports.get(port)?.observed === 'Unknown',
  );
}

function secondRow(found: SecondFinding, fromNode: string) {
  const { expected, observed, finding, pods = 0, families, message = 'It differs' } = found;
  const firstSeen = parsed(found.firstSeenTime);
  const lastSeen = parsed(found.lastSeenTime);
  return {
    expected,
    observed,
    finding,
    pods,
    fromNode,
    isCurrent: true,
    message: `${message} (seen from node ${fromNode})`,
    ...(families && { families }),
    ...(firstSeen !== undefined && { firstSeen }),
    ...(lastSeen !== undefined && { lastSeen }),
  };
}
