import { decide } from '../domain/decide.ts';
import { act } from './act.ts';
import type { Context } from './context.ts';
import { observe } from './observe.ts';
import { parseWorkloadKey, type WorkloadKey } from './workload-key.ts';

/**
 * One turn for one workload: observe, decide, act, probe. Level-triggered: whatever happened, the
 * outcome depends on what is there now. Never sleeps.
 *
 * @returns milliseconds after which the workload should be looked at again without an event
 */
export async function reconcile(
  key: WorkloadKey,
  context: Context,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { probes, metrics } = context;
  const { namespace, name } = parseWorkloadKey(key);
  const role = context.roleOf(key);
  if (!role.probe) {
    probes.forget(key);
    metrics.undeclaredReachable.remove({ namespace, name });
  }
  if (!role.probe && !role.policy) return undefined;

  const snapshot = await observe(key, role, context, signal);
  const plan = decide(snapshot);
  if (role.probe) probes.restrict(key, plan);
  await act(plan, snapshot, context, signal);
  if (!role.probe) return undefined;
  if (plan.evidence) probes.run(key, plan, snapshot.evidence);
  const status = plan.report.do === 'ensure' ? plan.report.report.status : undefined;
  const undeclared = status?.summary?.undeclaredReachable;
  if (undeclared === undefined) metrics.undeclaredReachable.remove({ namespace, name });
  else metrics.undeclaredReachable.set({ namespace, name }, undeclared);
  return plan.probe.nextAt === undefined ? undefined : plan.probe.nextAt - snapshot.now;
}
