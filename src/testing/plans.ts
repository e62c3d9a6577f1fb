import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import type { Plan } from '../domain/plan.ts';
import { type ConditionType, conditionOf } from '../domain/report/conditions.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Network } from './seen-network.ts';

/** What tests read in a plan, and networks of which it tells. */

/** All undeclared ports are silent. */
export const LOCKED: Network = { open: [8080], otherwise: 'filtered' };
/** Undeclared ports are open, too. */
export const OPEN: Network = { open: [8080, 9090, 5000], otherwise: 'refused' };

/** @throws Error where a plan has none */
export function reportOf(plan: Plan): PortExposureReport {
  if (plan.report.do !== 'ensure') throw new Error(`no report: ${plan.report.do}`);
  return plan.report.report;
}

/** A condition that a plan would report, or that is reported. */
export function condition(from: Plan | Snapshot, type: ConditionType) {
  const report = 'probe' in from ? reportOf(from) : from.report;
  const { status, reason, message } = conditionOf(report, type) ?? {};
  return { status, reason, message };
}

/** @throws Error where a plan applies none */
export function applied(plan: Plan): NetworkPolicy {
  if (plan.policy.do !== 'apply') throw new Error(`no apply: ${plan.policy.do}`);
  return plan.policy.policy;
}
