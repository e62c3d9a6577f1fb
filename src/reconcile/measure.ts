import type { Plan } from '../domain/plan.ts';
import { conditionOf } from '../domain/report/conditions.ts';
import type { Role } from '../domain/snapshot.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { WorkloadFigures } from '../telemetry/workload-figures.ts';
import { parseWorkloadKey, type WorkloadKey } from './workload-key.ts';

/**
 * Keeps the figures of a workload: about its policy where this replica leads, about its ports where it probes them, so that
 * the sum over all replicas is right. Without a plan, or where it does neither, they go.
 */
export function measure(
  key: WorkloadKey,
  { policy, probe }: Role,
  plan: Plan | undefined,
  { workloads }: Pick<Metrics, 'workloads'>,
): void {
  const report = plan?.report.do === 'ensure' ? plan.report.report : undefined;
  if (!report || !(policy || probe)) {
    workloads.delete(key);
    return;
  }
  const { namespace, kind, name } = parseWorkloadKey(key);
  workloads.set(key, {
    namespace,
    kind,
    name,
    policy: policy ? policyFigures(report) : undefined,
    probe: probe ? probeFigures(report) : undefined,
  });
}

type Report = NonNullable<Extract<Plan['report'], { do: 'ensure' }>['report']>;

function policyFigures(report: Report): WorkloadFigures['policy'] {
  const { mode = 'Invalid' } = report.status ?? {};
  const inSync = conditionOf(report, 'PolicyInSync');
  // A policy that somebody contests is put back each time, and counted elsewhere.
  if (inSync?.status !== 'False' || inSync.reason === 'Contested') return { mode, hold: undefined };
  const { reason, lastTransitionTime } = inSync;
  return { mode, hold: { reason, since: Date.parse(lastTransitionTime) } };
}

function probeFigures(report: Report): WorkloadFigures['probe'] {
  const { summary, policy } = report.status ?? {};
  const { undeclaredReachable = 0, declaredUnreachable = 0 } = summary ?? {};
  const isInForce = policy?.state === 'Applied';
  const verified = isInForce ? conditionOf(report, 'EnforcementVerified')?.status : undefined;
  return { undeclaredReachable, declaredUnreachable, verified };
}
