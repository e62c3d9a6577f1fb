import { decide } from '../domain/decide.ts';
import type { Plan } from '../domain/plan.ts';
import { earliest } from '../domain/probing/earliest.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { act } from './act.ts';
import { type Context, VANTAGES, vantageOf } from './context.ts';
import { measure } from './measure.ts';
import { observe } from './observe.ts';
import type { WorkloadKey } from './workload-key.ts';

/**
 * One turn for one workload: observe, decide, act, probe. Level-triggered: whatever happened, the
 * outcome depends on what is there now. Never sleeps.
 *
 * @returns milliseconds after which the workload should be looked at again without an event; `yielded` where
 *   the rest is left to a turn that follows
 */
export async function reconcile(
  key: WorkloadKey,
  context: Context,
  signal: AbortSignal,
): Promise<number | 'yielded' | undefined> {
  const role = context.roleOf(key);
  const vantage = vantageOf(role);
  // Whoever takes over begins with what the report says, also where it looked from elsewhere before.
  for (const each of VANTAGES) if (each !== vantage) context.probes[each].forget(key);
  if (!vantage && !role.policy) {
    measure(key, role, undefined, context.metrics);
    forget(key, context);
    return undefined;
  }

  const snapshot = await observe(key, role, context, signal);
  const plan = decide(snapshot);
  remember(key, plan, context);
  const probes = vantage && context.probes[vantage];
  probes?.restrict(key, plan);
  const { said, failure, yielded } = await act(plan, snapshot, context, signal);
  if (yielded) return 'yielded';
  // What cannot be written is no reason not to look.
  if (probes && said.evidence) probes.run(key, said, snapshot.evidence);
  measure(key, role, said, context.metrics);
  if (failure) throw failure.error;
  const due = role.policy
    ? earliest(contestDueIn(key, snapshot, context), changesIn(said, snapshot))
    : undefined;
  if (!probes) return due;
  const { nextAt } = said.probe;
  return earliest(due, nextAt === undefined ? undefined : nextAt - snapshot.now);
}

/** In how many milliseconds it is to be told that a fight began, or is over. */
function contestDueIn(
  key: WorkloadKey,
  { contest, now }: Snapshot,
  { reverts }: Context,
): number | undefined {
  // The turn that put the policy back was decided before.
  const hasBegun = contest === undefined && reverts.contest(key, now) !== undefined;
  return hasBegun ? 0 : reverts.endsIn(key, now);
}

/** In how many milliseconds the decision changes by itself. */
function changesIn({ changesAt }: Plan, { now }: Snapshot): number | undefined {
  return changesAt === undefined ? undefined : changesAt - now;
}

/** What other replicas do for a workload is theirs to remember. */
function forget(key: WorkloadKey, context: Context): void {
  const { references, reverts, untoldBrakes, untoldEvents, lastApplied, waits } = context;
  for (const memory of [references, untoldBrakes, untoldEvents, lastApplied, waits])
    memory.delete(key);
  reverts.forget(key);
}

/** Keeps what others did about a workload for as long as it has opted in. */
function remember(key: WorkloadKey, plan: Plan, context: Context): void {
  const { found, evidence, waitingSince } = plan;
  const { references, reverts, waits } = context;
  if (waitingSince === undefined) waits.delete(key);
  else waits.set(key, waitingSince);
  if (evidence === undefined) reverts.forget(key);
  if (evidence === undefined || found.references.size === 0) references.delete(key);
  else references.set(key, found.references);
}
