import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { type Evidence, emptyEvidence, type SettledObservation, type Sweep } from './evidence.ts';

/**
 * What a report says of probing, as evidence to go on with: another replica wrote it, or this one
 * before it was restarted. Sweeps count where the policies are those under which they were made.
 *
 * @param policies the fingerprint of the policies of now
 * @param since when the policies may have changed last, where the report does not tell, in ms since the epoch
 */
export function reportedEvidence(
  report: PortExposureReport | undefined,
  policies: string,
  since: number,
): Evidence {
  const { ports = [], probe } = report?.status ?? {};
  const settled = new Map<number, SettledObservation>();
  const seen: number[] = [];
  const probedAt = parsed(probe?.lastProbeTime) ?? 0;
  for (const row of ports) {
    if (row.protocol !== 'TCP' || row.observed === 'Unknown') continue;
    const lastSeen = parsed(row.lastSeenTime) ?? probedAt;
    const firstSeen = parsed(row.firstSeenTime) ?? lastSeen;
    settled.set(row.port, { observed: row.observed, pods: row.pods ?? 0, firstSeen, lastSeen });
    if (!row.declared) seen.push(row.port);
  }
  const isSame = probe?.policiesHash === policies;
  const policiesSince = (isSame ? parsed(probe?.policiesSinceTime) : undefined) ?? since;
  const sweeps = isSame ? (probe?.sweeps ?? []).flatMap((each) => sweepOf(each, policies)) : [];
  return emptyEvidence(policies, policiesSince, { settled, seen, sweeps });
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
      ...{ templateHash, policies, startedAt, endedAt },
      pod: { uid: '', name: reported.pod, node: reported.node ?? '' },
      counts: { open, refused, filtered, unreachable: 0, error: failed },
    },
  ];
}

function parsed(time: string | undefined): number | undefined {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
