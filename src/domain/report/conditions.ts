import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { timestamp } from '../text/time.ts';
import { visibleWithin } from '../text/visible-text.ts';
import type { ConditionVerdict } from './verdict.ts';

export type ConditionType =
  | 'Ready'
  | 'Reconciling'
  | 'Stalled'
  | 'PolicyInSync'
  | 'PreflightPassed'
  | 'EnforcementVerified'
  | 'DriftDetected';

export type Status = NonNullable<PortExposureReport['status']>;
export type Condition = NonNullable<Status['conditions']>[number];

/** In this order in every report. */
const TYPES: readonly ConditionType[] = [
  'Ready',
  'Reconciling',
  'Stalled',
  'PolicyInSync',
  'PreflightPassed',
  'EnforcementVerified',
  'DriftDetected',
];

/** As long as the definition allows. */
const MAXIMUM_MESSAGE_LENGTH = 32_768;

/** The condition of that type, or nothing. */
export function conditionOf(
  report: PortExposureReport | undefined,
  type: ConditionType,
): Condition | undefined {
  return report?.status?.conditions?.find((condition) => condition.type === type);
}

/**
 * All conditions with their bookkeeping: "lastTransitionTime is the last time the condition
 * transitioned from one status to another" (meta/v1 Condition), so it stays while the status does.
 */
export function buildConditions(
  verdicts: Readonly<Record<ConditionType, ConditionVerdict>>,
  previous: PortExposureReport | undefined,
  observedGeneration: number,
  now: number,
): Condition[] {
  return TYPES.map((type) => {
    const { status, reason } = verdicts[type];
    const message = visibleWithin(verdicts[type].message, MAXIMUM_MESSAGE_LENGTH);
    const before = conditionOf(previous, type);
    const lastTransitionTime =
      before?.status === status ? before.lastTransitionTime : timestamp(now);
    return { type, status, observedGeneration, lastTransitionTime, reason, message };
  });
}
