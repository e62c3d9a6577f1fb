import type { Plan } from '../domain/plan.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { parseWorkloadKey, type WorkloadKey } from './workload-key.ts';

/** Keeps the gauge of a workload that this replica probes, and of no other: without a plan it goes. */
export function measure(
  key: WorkloadKey,
  plan: Plan | undefined,
  { undeclaredReachable }: Pick<Metrics, 'undeclaredReachable'>,
): void {
  const { namespace, kind, name } = parseWorkloadKey(key);
  const status = plan?.report.do === 'ensure' ? plan.report.report.status : undefined;
  const undeclared = status?.summary?.undeclaredReachable;
  if (undeclared === undefined) undeclaredReachable.remove({ namespace, kind, name });
  else undeclaredReachable.set({ namespace, kind, name }, undeclared);
}
