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

/** How the message of PreflightPassed begins where nobody is known who would be cut off. */
export const NOTHING_CUT = 'Nothing in the cluster is known to use an undeclared port of the pods';

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
 * The conditions with their bookkeeping. Which generation was observed is said once, in the status, which is where kubectl
 * looks next. And "lastTransitionTime is the last time the condition
 * transitioned from one status to another" (meta/v1 Condition), so it stays while the status does.
 */
export function buildConditions(
  verdicts: Readonly<Partial<Record<ConditionType, ConditionVerdict>>>,
  previous: PortExposureReport | undefined,
  now: number,
): Condition[] {
  return TYPES.flatMap((type) => {
    const verdict = verdicts[type];
    if (verdict === undefined) return [];
    const { status, reason } = verdict;
    const message = visibleWithin(verdict.message, MAXIMUM_MESSAGE_LENGTH);
    const before = conditionOf(previous, type);
    const lastTransitionTime =
      before?.status === status ? before.lastTransitionTime : timestamp(now);
    return [{ type, status, lastTransitionTime, reason, message }];
  });
}
