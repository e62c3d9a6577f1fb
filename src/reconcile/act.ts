import type { NetworkPolicy } from '../api/kubernetes.ts';
import { FIELD_MANAGER, REPORT_MANAGERS } from '../api/names.ts';
import type { ObjectMeta } from '../api/object-meta.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { canonicalJson } from '../domain/canonical.ts';
import { contestInWords } from '../domain/contest.ts';
import { decide } from '../domain/decide.ts';
import { type EventNote, failureEvent, isRevert, tellsOfWrite } from '../domain/event-notes.ts';
import type { Plan, PolicyStep, ReportStep } from '../domain/plan.ts';
import { inForce } from '../domain/policy-step.ts';
import { type Part, partOf, partsOf, samePart } from '../domain/report-parts.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { ApiError, isNotFound } from '../kube/errors.ts';
import { projectPolicy } from '../kube/projections.ts';
import { projectReport } from '../kube/report-projection.ts';
import { NETWORK_POLICIES, REPORTS } from '../kube/resources.ts';
import type { Context } from './context.ts';
import { removeFormerPolicies, removeFormerReports } from './remove-former.ts';
import { workloadKey } from './workload-key.ts';
import {
  ContestedError,
  deservesEvent,
  isOutdated,
  PolicyAlteredError,
  policyFailure,
} from './write-failure.ts';

/** What became of a plan. */
export interface Outcome {
  /** The plan or, where its policy could not be written, what follows from that. */
  said: Plan;
  /** What a write ended with, for the queue to try again; undefined where all is done. */
  failure: { error: unknown } | undefined;
}

/** Why the policy could not be written: for the queue, and for whom it is told to. */
interface PolicyWriteFailure {
  error: unknown;
  told: unknown;
}

/**
 * Carries out a plan: first the policy, then what is told of that, then the report, then the other Events.
 * Where the policy cannot be written the report says so.
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
  const tell = (events: readonly EventNote[]) => tellOf(events, snapshot, context, signal);
  if (!failure) await tell(plan.events.filter(tellsOfWrite));
  const others = said.events.filter((event) => !tellsOfWrite(event));
  rememberBrake(said, snapshot, context);
  try {
    await actOnReport(said.report, snapshot, context, signal);
  } catch (error) {
    signal.throwIfAborted();
    // They would be lost: the next look finds the policy as it is to be.
    if (!isOutdated(error)) await tell([...others, ...failureEvents('ReportWriteFailed', error)]);
    return { said, failure: failure ?? { error } };
  } finally {
    if (failure) await tell(failureEvents('PolicyWriteFailed', failure.told));
  }
  // Who does not lead writes no brake.
  if (snapshot.role.policy) context.untoldBrakes.delete(workloadKey(snapshot.key));
  await tell(others);
  if (!failure) await removeFormerReports(plan.former, context, signal);
  return { said, failure };
}

async function tellOf(
  events: readonly EventNote[],
  { workload }: Snapshot,
  { events: recorder, reports }: Context,
  signal: AbortSignal,
): Promise<void> {
  for (const event of workload ? events : []) {
    if (workload && reports.isNews(workload.uid, event))
      await recorder.record(workload, event, signal);
  }
}

/** One Event with the server's own sentence, unless that passes by itself. */
function failureEvents(
  reason: 'PolicyWriteFailed' | 'ReportWriteFailed',
  error: unknown,
): EventNote[] {
  return deservesEvent(error) ? [failureEvent(reason, policyFailure(error).message)] : [];
}

/** A brake that no report tells of would be forgotten with the next look, and the policy be back. */
function rememberBrake({ report }: Plan, snapshot: Snapshot, context: Context): void {
  const next = report.do === 'ensure' ? report.report.status?.brake : undefined;
  const before = snapshot.untoldBrake ?? snapshot.report?.status?.brake;
  if (!snapshot.role.policy || next?.state !== 'Engaged' || before?.state === 'Engaged') return;
  context.untoldBrakes.set(workloadKey(snapshot.key), next);
  context.metrics.autoBrakes.inc();
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

/** Whoever is so fast that no write of ours comes in time is to be told of all the same. */
function lostFight(
  step: PolicyStep,
  snapshot: Snapshot,
  context: Context,
): ContestedError | undefined {
  if (step.do !== 'apply' || !step.live || !isRevert(snapshot, step)) return undefined;
  noteContest(step, snapshot, context);
  const contest = context.reverts.contest(workloadKey(snapshot.key), context.now());
  return contest && new ContestedError(contestInWords(step.policy.metadata.name, contest));
}

async function writePolicy(
  plan: Plan,
  snapshot: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const key = workloadKey(snapshot.key);
  const step = plan.policy;
  if (step.do === 'apply') {
    await applyPolicy(step, context, signal);
    context.metrics.policyWrites.inc({ operation: 'apply' });
    if (isRevert(snapshot, step)) noteRevert(step, snapshot, context);
    else context.log.info('Applied the policy', { key, policy: step.policy.metadata.name });
  }
  if (step.do === 'delete') {
    const { namespace, name, uid, resourceVersion } = step.live.metadata;
    await ignoreNotFound(
      context.client.delete(
        NETWORK_POLICIES,
        { namespace, name },
        { signal, preconditions: preconditions(uid, resourceVersion) },
      ),
    );
    context.caches.writtenPolicies.deleted({ namespace: snapshot.key.namespace, name });
    context.metrics.policyWrites.inc({ operation: 'delete' });
    context.log.info('Deleted the policy', { key, policy: name });
  }
  if (plan.desired && snapshot.role.policy)
    context.lastApplied.set(key, canonicalJson(plan.desired));
  else context.lastApplied.delete(key);
}

/** Counts it; what goes on and on is logged once. */
function noteRevert(
  step: PolicyStep & { do: 'apply' },
  snapshot: Snapshot,
  context: Context,
): void {
  const key = workloadKey(snapshot.key);
  context.metrics.policyReverts.inc();
  noteContest(step, snapshot, context);
  const level = context.reverts.contest(key, context.now()) ? 'debug' : 'info';
  context.log.log(level, 'Put the policy back', { key, policy: step.policy.metadata.name });
}

/** Somebody changed the policy; five times in ten minutes are a fight. */
function noteContest(
  { policy, live }: PolicyStep & { do: 'apply' },
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

/**
 * A policy that is not there is created, which fails where a stranger made one of that name this very
 * moment. Ours is addressed by its uid, with the version that was decided on, so that a write which comes
 * late never wins, and applied with force; what an apply leaves of others, or of the creation, is replaced away.
 */
async function applyPolicy(
  step: PolicyStep & { do: 'apply' },
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const { policy, live } = step;
  const result = live
    ? await updatePolicy(policy, live, context, signal)
    : await context.client.create(NETWORK_POLICIES, policy, {
        fieldManager: FIELD_MANAGER,
        signal,
      });
  context.caches.writtenPolicies.wrote(projectPolicy(result));
  if (!inForce(result, policy)) {
    throw new PolicyAlteredError(
      `The NetworkPolicy ${policy.metadata.name} is not as portlock wrote it: an admission webhook or policy changes it`,
    );
  }
}

async function updatePolicy(
  policy: NetworkPolicy,
  live: NetworkPolicy,
  context: Context,
  signal: AbortSignal,
): Promise<NetworkPolicy> {
  const options = { fieldManager: FIELD_MANAGER, signal };
  const decidedOn = ({ uid, resourceVersion }: ObjectMeta): NetworkPolicy => ({
    ...policy,
    metadata: { ...policy.metadata, ...preconditions(uid, resourceVersion) },
  });
  const replace = (found: NetworkPolicy) =>
    context.client.replace(NETWORK_POLICIES, decidedOn(found.metadata), options);
  try {
    const applied = await context.client.apply(NETWORK_POLICIES, decidedOn(live.metadata), {
      ...options,
      conflicts: 'force',
    });
    return inForce(applied, policy) ? applied : await replace(applied);
  } catch (error) {
    // The owner reference of the creation and that of a recreated workload cannot both be controllers.
    if (!(error instanceof ApiError && error.status === 422)) throw error;
    return replace(live);
  }
}

async function actOnReport(
  step: ReportStep,
  snapshot: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  if (!context.reports.served()) return;
  if (step.do === 'delete') {
    const { namespace, name, uid } = step.live.metadata;
    const options = { signal, preconditions: preconditions(uid, undefined) };
    await ignoreNotFound(context.client.delete(REPORTS, { namespace, name }, options));
    context.caches.writtenReports.deleted({ namespace: snapshot.key.namespace, name });
  }
  if (step.do !== 'ensure') return;
  const { report, live } = step;
  const { role } = snapshot;
  const parts = partsOf(role).filter((part) => !samePart(report, live, part));
  const owner = canonicalJson(report.metadata.ownerReferences);
  const isOwned = live && canonicalJson(live.metadata.ownerReferences) === owner;
  // The second probe only adds to a report that others keep.
  if (!isOwned && !role.policy && !role.probe) return;
  try {
    if (!isOwned) await applyReport(report, context, signal);
    for (const part of parts) await applyPart(report, part, context, signal);
  } catch (error) {
    // The definition was taken away this moment; policies are kept without it.
    if (!(isNotFound(error) && !context.reports.served())) throw error;
  }
}

/** The report itself, without what it says. */
async function applyReport(
  { status: _status, ...report }: PortExposureReport,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const options = { fieldManager: FIELD_MANAGER, conflicts: 'force', signal } as const;
  const written = await context.client.apply(REPORTS, report, options);
  context.caches.writtenReports.wrote(projectReport(written));
}

/** A part of what it says. */
async function applyPart(
  { apiVersion, kind, metadata, status }: PortExposureReport,
  part: Part,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace = '' } = metadata;
  const body = { apiVersion, kind, metadata: { name, namespace }, status: partOf(status, part) };
  const written = await context.client.apply(REPORTS, body, {
    fieldManager: REPORT_MANAGERS[part],
    conflicts: 'force',
    subresource: 'status',
    signal,
  });
  context.caches.writtenReports.wrote(projectReport(written));
}

function preconditions(
  uid: string | undefined,
  resourceVersion: string | undefined,
): { uid?: string; resourceVersion?: string } {
  return { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
}

async function ignoreNotFound(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
