import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { Brake } from '../snapshot.ts';
import type { Asked } from './asked.ts';
import { brakeNow, watchingBrake } from './brake.ts';
import { firstPolicyWaits, waitingSince } from './first-policy.ts';
import type { Former } from './former-names.ts';
import { type Intent, policyIntent } from './intent.ts';
import { isNarrower } from './kept-grants.ts';
import {
  isAboutNeverReady,
  narrowedProbes,
  neverReadyDueAt,
  neverReadyNow,
  watchingNeverReady,
} from './never-ready.ts';
import type { OptedIn } from './opted-in.ts';
import { wasInForce } from './policy-in-force.ts';
import { desiredPolicy, formerToRemove, type PolicyStep, policyStep } from './policy-step.ts';

/** What is decided about the policy of a workload. */
export interface PolicyDecision {
  intent: Intent;
  /** The brake once the step is done. */
  brake: Brake | undefined;
  /** What this replica does. */
  step: PolicyStep;
  /** Whether the leader, another replica, has still to write or delete the policy. */
  isPending: boolean;
  /** Since when the first policy waits for the pods to be asked, in ms since the epoch; undefined where it does not. */
  waitingSince: number | undefined;
  /** When another decision may follow without any event, in ms since the epoch; undefined where none will. */
  dueAt: number | undefined;
  /** What goes once the step is done. */
  former: Former;
  /** The policy that is to be in force then; undefined where there is none, or nobody knows which. */
  desired: NetworkPolicy | undefined;
}

/** Weighs what is asked against what stands against it. */
export function decidePolicy(subject: OptedIn, asked: Asked): PolicyDecision {
  const { snapshot, settings, own } = subject;
  const brake = settings.mode === 'audit' ? undefined : currentBrake(subject, asked);
  const intent = policyIntent({ ...subject, asked, brake });
  const next = brakeAfter(subject, asked, intent, brake);
  const step = policyStep(own, intent);
  const isLeader = snapshot.role.policy;
  return {
    intent,
    brake: next,
    step: isLeader ? step : { do: 'nothing' },
    isPending: !isLeader && step.do !== 'nothing',
    waitingSince: isWaiting(intent) ? waitingSince(subject) : undefined,
    dueAt: dueAt(subject, asked, intent, next),
    former: formerToRemove(snapshot, own, intent),
    desired: desiredPolicy(own, intent),
  };
}

function currentBrake(subject: OptedIn, asked: Asked): Brake | undefined {
  const { snapshot, workload } = subject;
  const before = snapshot.untoldBrake ?? snapshot.report?.status?.brake;
  return before && isAboutNeverReady(before)
    ? neverReadyNow(before, subject, narrowedProbes(subject, asked))
    : brakeNow(snapshot, workload);
}

function dueAt(
  subject: OptedIn,
  asked: Asked,
  intent: Intent,
  brake: Brake | undefined,
): number | undefined {
  return isAwaiting(intent)
    ? firstPolicyWaits(subject, asked)?.until
    : neverReadyDueAt(brake, subject);
}

/** Whether the policy comes once the pods were asked, without anybody's doing. */
export function isAwaiting(intent: Intent): boolean {
  return (
    intent.kind === 'hold' &&
    (intent.reason === 'AwaitingProbe' || intent.reason === 'AwaitingSweep')
  );
}

/** Where the write fails, the wait does not begin anew. */
function isWaiting(intent: Intent): boolean {
  return isAwaiting(intent) || intent.kind === 'apply' || intent.kind === 'failed';
}

/** Readiness is watched from the moment on in which the policy is first applied, or allows less than it did. */
function brakeAfter(
  subject: OptedIn,
  asked: Asked,
  intent: Intent,
  brake: Brake | undefined,
): Brake | undefined {
  if (intent.kind !== 'apply') return brake;
  const { inForce } = subject.own;
  const isFirst = !wasInForce(subject) || (!brake && isUntold(subject));
  const isNarrowed = inForce !== undefined && isNarrower(intent.policy, inForce);
  if (!isFirst && !isNarrowed) return brake;
  return (
    watchingBrake(subject.snapshot) ?? watchingNeverReady(subject, narrowedProbes(subject, asked))
  );
}

/** Whether the policy was applied a moment ago and no report came to tell of it. */
function isUntold({ snapshot, own: { live } }: OptedIn): boolean {
  const { now, timing, report } = snapshot;
  const created = Date.parse(live.policy?.metadata.creationTimestamp ?? '');
  return report?.status?.policy?.state !== 'Applied' && now - created < timing.brake;
}
