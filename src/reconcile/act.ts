import { decide } from '../domain/decide.ts';
import type { Plan } from '../domain/plan.ts';
import { type EventNote, tellsOfWrite } from '../domain/report/events.ts';
import type { Brake, Snapshot } from '../domain/snapshot.ts';
import type { Context } from './context.ts';
import { lostFight } from './note-revert.ts';
import { removeFormerPolicies, removeFormerReports } from './remove-former.ts';
import { failureEvents, tellEvents } from './tell-events.ts';
import { workloadKey } from './workload-key.ts';
import { isOutdated, policyFailure } from './write-failure.ts';
import { writePolicy } from './write-policy.ts';
import { writeReport } from './write-report.ts';

/** So many Events are put off for a workload that changes before it is its turn; then they are told. */
const MOST_UNTOLD = 16;

/** What became of a plan. */
export interface Outcome {
  /** The plan or, where its policy could not be written, what follows from that. */
  said: Plan;
  /** What a write ended with, for the queue to try again; undefined where all is done. */
  failure: { error: unknown } | undefined;
  /** Whether only the policy was seen to, because others wait for theirs. */
  yielded: boolean;
}

/** Why the policy could not be written: for the queue, and for whom it is told to. */
interface PolicyWriteFailure {
  error: unknown;
  told: unknown;
}

/**
 * Carries out a plan: first the policy, then what is told of that, then the report, then the other Events.
 * Where the policy cannot be written the report says so. Where others wait for their policies, or are likely to, all
 * but the policy is left to a later turn.
 *
 * @throws where the policy was decided on what is not so any more: nothing is told of that
 */
export async function act(
  plan: Plan,
  snapshot: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<Outcome> {
  const failure = await actOnPolicy(plan, snapshot, context, signal);
  // Nothing may be said of a policy that is not there.
  const said = failure ? decide({ ...snapshot, policyFailure: policyFailure(failure.told) }) : plan;
  rememberBrake(said, snapshot, context);
  const key = workloadKey(snapshot.key);
  const written = failure ? [] : plan.events.filter(tellsOfWrite);
  const untold = [...(context.untoldEvents.get(key) ?? []), ...written];
  const yielded = !failure && context.mustYield() && untold.length < MOST_UNTOLD;
  // Asked before: one write alone is no burst.
  if (!failure && plan.policy.do !== 'nothing') context.wroteUrgent();
  if (yielded) {
    if (untold.length > 0) context.untoldEvents.set(key, untold);
    return { said, failure, yielded };
  }
  const tell = (events: readonly EventNote[]) => tellEvents(events, snapshot, context, signal);
  await tell(untold);
  context.untoldEvents.delete(key);
  const others = said.events.filter((event) => !tellsOfWrite(event));
  try {
    await writeReport(said.report, snapshot, context, signal);
  } catch (error) {
    signal.throwIfAborted();
    // They would be lost: the next look finds the policy as it is to be.
    if (!isOutdated(error)) await tell([...others, ...failureEvents('ReportWriteFailed', error)]);
    return { said, failure: failure ?? { error }, yielded: false };
  } finally {
    if (failure) await tell(failureEvents('PolicyWriteFailed', failure.told));
  }
  // Who does not lead writes no brake, and while reports are not served nobody does.
  const isTold = context.reports.served() || brakeOf(said) === undefined;
  if (snapshot.role.policy && isTold) context.untoldBrakes.delete(key);
  await tell(others);
  if (!failure) await removeFormerReports(plan.former, context, signal);
  return { said, failure, yielded: false };
}

/** A brake that no report tells of would be forgotten with the next look, and the policy be back. */
function rememberBrake(said: Plan, snapshot: Snapshot, context: Context): void {
  const next = brakeOf(said);
  const before = snapshot.untoldBrake ?? snapshot.report?.status?.brake;
  if (!snapshot.role.policy || next === undefined) return;
  context.untoldBrakes.set(workloadKey(snapshot.key), next);
  if (next.state === 'Engaged' && before?.state !== 'Engaged') context.metrics.autoBrakes.inc();
}

function brakeOf({ report }: Plan): Brake | undefined {
  return report.do === 'ensure' ? report.report.status?.brake : undefined;
}

/**
 * @returns what the write failed with, where it is to be told of
 * @throws where it was decided on what is not so any more
 */
async function actOnPolicy(
  plan: Plan,
  snapshot: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<PolicyWriteFailure | undefined> {
  try {
    await writePolicy(plan, snapshot, context, signal);
    await removeFormerPolicies(plan.former, context, signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (!isOutdated(error)) return { error, told: error };
    const told = lostFight(plan.policy, snapshot, context);
    if (!told) throw error;
    return { error, told };
  }
}
