import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { verdicts } from '../domain/report/condition-verdicts.ts';
import type { ConditionType } from '../domain/report/conditions.ts';
import type { ConditionVerdict } from '../domain/report/verdict.ts';
import { timestamp } from '../domain/text/time.ts';
import { NOW } from './builders.ts';
import { reportInput, type Told } from './report-builders.ts';

/** For tests of what one condition of a report says. */

/** What a condition says in these circumstances. */
export function conditionSaid(
  type: ConditionType,
  fields: Partial<Told> = {},
  carried?: PortExposureReport,
): ConditionVerdict {
  const verdict = verdicts(reportInput(fields), carried)[type];
  if (verdict === undefined) throw new Error(`nothing is said of ${type}`);
  return verdict;
}

/** Its status and reason, or that it is not there. */
export function conditionInBrief(
  type: ConditionType,
  fields: Partial<Told> = {},
  carried?: PortExposureReport,
): string {
  const verdict = verdicts(reportInput(fields), carried)[type];
  return verdict ? `${verdict.status} ${verdict.reason}` : 'not there';
}

/** A report that says this of one condition. */
export function reportWithCondition(
  type: ConditionType,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
): PortExposureReport {
  const lastTransitionTime = timestamp(NOW);
  const conditions = [{ type, status, reason, message: `was ${reason}`, lastTransitionTime }];
  const metadata = { name: 'web', namespace: 'shop' };
  return { metadata, status: { conditions } } as unknown as PortExposureReport;
}
