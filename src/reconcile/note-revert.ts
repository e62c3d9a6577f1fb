import { contestInWords } from '../domain/policy/contest.ts';
import type { PolicyStep } from '../domain/policy/policy-step.ts';
import { isRevert } from '../domain/report/events.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Context } from './context.ts';
import { workloadKey } from './workload-key.ts';
import { ContestedError } from './write-failure.ts';

type Apply = PolicyStep & { do: 'apply' };

/** Counts that the policy was put back; what goes on and on is logged once. */
export function noteRevert(step: Apply, snapshot: Snapshot, context: Context): void {
  context.metrics.policyReverts.inc();
  noteContest(step, snapshot, context);
}

/** Whoever is so fast that no write of ours comes in time is to be told of all the same. */
export function lostFight(
  step: PolicyStep,
  snapshot: Snapshot,
  context: Context,
): ContestedError | undefined {
  if (step.do !== 'apply' || !step.live || !isRevert(snapshot, step)) return undefined;
  noteContest(step, snapshot, context);
  const contest = context.reverts.contest(workloadKey(snapshot.key), context.now());
  return contest && new ContestedError(contestInWords(step.policy.metadata.name, contest));
}

/** Somebody changed the policy; five times in ten minutes are a fight. */
function noteContest(
  { policy, live }: Apply,
  snapshot: Snapshot,
  { reverts, metrics, log, now }: Context,
): void {
  const key = workloadKey(snapshot.key);
  if (!reverts.note(key, live, now())) return;
  metrics.policyContests.inc();
  const { by } = reverts.contest(key, now()) ?? {};
  const about = { key, policy: policy.metadata.name, by };
  log.warn('The policy is changed again and again, and put back each time', about);
}
