import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { timestamp } from '../text/time.ts';
import { visibleWithin } from '../text/visible-text.ts';
import type { Status } from './conditions.ts';
import { MAXIMUM_CONTAINERS, MAXIMUM_MESSAGE_LENGTH } from './limits.ts';
import { isDriftFinding, type PortRow } from './port-rows.ts';
import type { ReportInput } from './report-input.ts';
import type { SecondFinding } from './second-probe.ts';

type PortStatus = NonNullable<Status['ports']>[number];

/** A row as the report has it. `carried` is the report on the same generation and mode, where there is one. */
export function portStatus(
  row: PortRow,
  { subject: { snapshot } }: ReportInput,
  carried: PortExposureReport | undefined,
): PortStatus {
  const {
    containers,
    isCurrent,
    message,
    firstSeen,
    lastSeen,
    observedHere: _,
    families,
    ...rest
  } = row;
  // After a restart, what the report says stands until the pods are probed again.
  if (!isCurrent && snapshot.evidence === undefined) {
    const before = carried?.status?.ports?.find(
      ({ port, protocol }) => port === row.port && protocol === row.protocol,
    );
    if (before && before.finding === row.finding) return before;
  }
  return {
    ...rest,
    ...(families && { families: [...families] }),
    ...(isDriftFinding(row.finding) && seenTimes(row)),
    ...(message !== undefined && { message: visibleWithin(message, MAXIMUM_MESSAGE_LENGTH) }),
    ...(containers.length > 0 && { containers: containers.slice(0, MAXIMUM_CONTAINERS) }),
  };
}

/** A row that differs, as the second probe tells it. */
export function secondFinding(row: PortRow): SecondFinding {
  const { port, protocol, expected, observed, pods, families, finding, message = '' } = row;
  return {
    port,
    protocol,
    finding: finding as SecondFinding['finding'],
    expected,
    observed,
    pods,
    ...(families && { families: [...families] }),
    ...seenTimes(row),
    message: visibleWithin(message, MAXIMUM_MESSAGE_LENGTH),
  };
}

function seenTimes({ firstSeen, lastSeen }: PortRow) {
  return {
    ...(firstSeen !== undefined && { firstSeenTime: timestamp(firstSeen) }),
    ...(lastSeen !== undefined && { lastSeenTime: timestamp(lastSeen) }),
  };
}
