import type { Status } from './conditions.ts';
import { type Evidence, limited } from './evidence.ts';
import { isDrift, type PortRow, worstFirst } from './findings.ts';
import { portKey } from './ports.ts';
import { parsed } from './reported-evidence.ts';
import type { Snapshot } from './snapshot.ts';

export type SecondProbe = NonNullable<Status['secondProbe']>;
export type SecondFinding = NonNullable<SecondProbe['findings']>[number];

/** What the second probe found counts for so many intervals after its last round. */
const FRESH_INTERVALS = 2;

/** Whether this replica wrote that itself, before the workload fell to it. */
export function isOwnProbe({ fromPod }: SecondProbe, { prober }: Snapshot): boolean {
  return fromPod === `${prober.namespace}/${prober.pod}`;
}

/**
 * Rows with what only the second probe found: a port that differs from the declaration as seen from one of
 * two nodes differs.
 *
 * @param policies the fingerprint of the policies of now
 */
export function withSecondProbe(
  rows: readonly PortRow[],
  snapshot: Snapshot,
  policies: string,
): readonly PortRow[] {
  const { secondProbe } = snapshot.report?.status ?? {};
  if (!secondProbe || !counts(secondProbe, snapshot, policies)) return rows;
  const { findings = [], fromNode = '' } = secondProbe;
  const merged = new Map(rows.map((row) => [portKey(row.port, row.protocol), row]));
  for (const each of findings) {
    const { port, protocol } = each;
    const own = merged.get(portKey(port, protocol));
    const declared = own?.declared ?? false;
    // It may have been declared since, or not be any more.
    const isSameQuestion = declared === (each.finding === 'DeclaredUnreachable');
    if (!isSameQuestion || (own && isDrift(own))) continue;
    merged.set(portKey(port, protocol), {
      ...{ port, protocol, declared, containers: own?.containers ?? [] },
      ...secondRow(each, fromNode),
      ...(own && { observedHere: own.observed }),
    });
  }
  return [...merged.values()].sort(worstFirst);
}

/**
 * Whether another replica saw it, not long ago, under the policies of now. Whether that replica still lives
 * decides nothing: the one that comes in its place has to ask first, and until then nothing is known to be
 * mended.
 */
function counts(secondProbe: SecondProbe, snapshot: Snapshot, policies: string): boolean {
  const age = snapshot.now - (parsed(secondProbe.lastProbeTime) ?? 0);
  const isFresh = age <= FRESH_INTERVALS * snapshot.timing.interval;
  return isFresh && secondProbe.policiesHash === policies && !isOwnProbe(secondProbe, snapshot);
}

function secondRow(found: SecondFinding, fromNode: string) {
  const { expected, observed, finding, pods = 0, message } = found;
  const firstSeen = parsed(found.firstSeenTime);
  const lastSeen = parsed(found.lastSeenTime);
  return {
    ...{ expected, observed, finding, pods, fromNode, isCurrent: true },
    message: `${message ?? 'It differs'} (seen from node ${fromNode})`,
    ...(firstSeen !== undefined && { firstSeen }),
    ...(lastSeen !== undefined && { lastSeen }),
  };
}

/** The second probe asks the undeclared ports of which the report tells too: it makes no sweep of its own. */
export function withReportedPorts(evidence: Evidence, { report }: Snapshot): Evidence {
  const { ports = [], secondProbe } = report?.status ?? {};
  const undeclared = [
    ...ports.filter(({ declared }) => !declared),
    ...(secondProbe?.findings ?? []).filter(({ finding }) => finding === 'UndeclaredReachable'),
  ];
  return { ...evidence, seen: limited([...evidence.seen, ...undeclared.map(({ port }) => port)]) };
}
