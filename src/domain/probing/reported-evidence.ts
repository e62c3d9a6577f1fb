import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { IP_FAMILIES, type IpFamily } from '../match/ip-family.ts';
import { parsed } from '../text/time.ts';
import {
  EQUAL_READINGS,
  type Evidence,
  emptyEvidence,
  limited,
  type PortEvidence,
  type SettledObservation,
  type Sweep,
} from './evidence.ts';

/**
 * What a report says of probing, as evidence to go on with: another replica wrote it, or this one
 * before it was restarted. Sweeps and findings count where the policies are those under which they were
 * made. A time after now is of another clock: nothing is known to be so new. What was seen from another
 * node than this one is asked again.
 *
 * @param policies the fingerprint of the policies of now
 * @param since when the policies may have changed last, where the report does not tell, in ms since the epoch
 * @param now in ms since the epoch
 * @param node the prober's
 */
export function reportedEvidence(
  report: PortExposureReport | undefined,
  policies: string,
  since: number,
  now: number,
  node: string,
): Evidence {
  const { ports = [], probe } = report?.status ?? {};
  const settled = new Map<number, SettledObservation>();
  const seen: number[] = [];
  const probedAt = parsed(probe?.lastProbeTime) ?? 0;
  for (const row of ports) {
    if (row.protocol !== 'TCP' || row.observed === 'Unknown') continue;
    const lastSeen = parsed(row.lastSeenTime) ?? probedAt;
    const firstSeen = parsed(row.firstSeenTime) ?? lastSeen;
    if (!row.declared) seen.push(row.port);
    if (row.fromNode !== undefined && row.fromNode !== node) continue;
    const families = reportedFamilies(row.families);
    settled.set(row.port, {
      observed: row.observed,
      pods: row.pods ?? 0,
      firstSeen,
      lastSeen,
      ...(families && { families }),
    });
  }
  const isSame = probe?.policiesHash === policies;
  const policiesSince = (isSame ? parsed(probe?.policiesSinceTime) : undefined) ?? since;
  const sweeps = isSame ? (probe?.sweeps ?? []).flatMap((each) => sweepOf(each, policies)) : [];
  return {
    ...emptyEvidence(policies, Math.min(policiesSince, now), {
      settled,
      seen,
      sweeps: sweeps.filter(({ endedAt }) => endedAt <= now),
    }),
    ports: isSame ? conclusivePorts(settled) : new Map(),
  };
}

/** The second probe asks the undeclared ports of which the report tells too: it makes no sweep of its own. */
export function withReportedPorts(
  evidence: Evidence,
  report: PortExposureReport | undefined,
): Evidence {
  const { ports = [], secondProbe } = report?.status ?? {};
  const undeclared = [
    ...ports.filter(({ declared }) => !declared),
    ...(secondProbe?.findings ?? []).filter(({ finding }) => finding === 'UndeclaredReachable'),
  ];
  return { ...evidence, seen: limited([...evidence.seen, ...undeclared.map(({ port }) => port)]) };
}

/** Read as often as it took to be told: the next reading goes on from there. */
function conclusivePorts(
  settled: ReadonlyMap<number, SettledObservation>,
): Map<number, PortEvidence> {
  const ports = [...settled].map(([port, { observed, pods, families }]) => {
    const streaks = families?.map((family) => [family, EQUAL_READINGS]);
    const evidence: PortEvidence = {
      observed,
      pods,
      streak: EQUAL_READINGS,
      ...(streaks && { byFamily: Object.fromEntries(streaks) }),
    };
    return [port, evidence] as const;
  });
  return new Map(ports);
}

/** Of two families a report says nothing, and of others it cannot know. */
function reportedFamilies(families: unknown): IpFamily[] | undefined {
  const known = IP_FAMILIES.filter((each) => Array.isArray(families) && families.includes(each));
  return known.length === 1 ? known : undefined;
}

type ReportedSweep = NonNullable<
  NonNullable<NonNullable<PortExposureReport['status']>['probe']>['sweeps']
>[number];

function sweepOf(reported: ReportedSweep, policies: string): Sweep[] {
  const { templateHash, open, refused, filtered, failed } = reported;
  const startedAt = parsed(reported.startTime);
  const endedAt = parsed(reported.completionTime);
  if (templateHash === undefined || startedAt === undefined || endedAt === undefined) return [];
  return [
    {
      ip: reported.ip,
      templateHash,
      policies,
      startedAt,
      endedAt,
      pod: { uid: '', name: reported.pod, node: reported.node ?? '' },
      counts: { open, refused, filtered, unreachable: 0, error: failed },
    },
  ];
}
