import type { NetworkPolicy } from '../api/kubernetes.ts';
import { FIELD_MANAGER, REPORT_MANAGERS } from '../api/names.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { canonicalJson } from '../domain/canonical.ts';
import { decide } from '../domain/decide.ts';
import { isRevert } from '../domain/event-notes.ts';
import type { Plan, PolicyStep, ReportStep } from '../domain/plan.ts';
import { inForce } from '../domain/policy-step.ts';
import { type Part, partOf, partsOf, samePart } from '../domain/report-parts.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { ApiError, isNotFound } from '../kube/errors.ts';
import { projectPolicy } from '../kube/projections.ts';
import { projectReport } from '../kube/report-projection.ts';
import { NETWORK_POLICIES, REPORTS } from '../kube/resources.ts';
import { describeError } from '../telemetry/log.ts';
import type { Context } from './context.ts';
import { removeFormerPolicies, removeFormerReports } from './remove-former.ts';
import { workloadKey } from './workload-key.ts';

/** A policy that is not as it was written: something on the way changes it. */
export class PolicyAlteredError extends Error {
  override name = 'PolicyAlteredError';
  readonly reason = 'PolicyAltered';
}

/**
 * Carries out a plan: first the policy, then the report, then the Events. Where the policy cannot
 * be written the report says so, and the error is thrown for the queue to try again.
 */
export async function act(
  plan: Plan,
  snapshot: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  let failure: unknown;
  try {
    await actOnPolicy(plan, snapshot, context, signal);
    await removeFormerPolicies(plan.former, context, signal);
  } catch (error) {
    signal.throwIfAborted();
    failure = error;
  }
  await actOnReport(plan, snapshot, failure, context, signal);
  if (failure !== undefined) throw failure;
  await removeFormerReports(plan.former, context, signal);
  for (const event of snapshot.workload ? plan.events : []) {
    if (snapshot.workload && context.reports.isNews(snapshot.workload.uid, event)) {
      await context.events.record(snapshot.workload, event, signal);
      if (event.reason === 'AutoBrake') context.metrics.autoBrakes.inc();
    }
  }
}

async function actOnPolicy(
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
    if (isRevert(snapshot, step)) context.metrics.policyReverts.inc();
    context.log.info('Applied the policy', { key, policy: step.policy.metadata.name });
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

/**
 * A policy that is not there is created, which fails where a stranger made one of that name this very
 * moment. Ours is addressed by its uid and applied with force; what an apply leaves of others, or of
 * the creation, is replaced away.
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
  const { uid } = live.metadata;
  const body = { ...policy, metadata: { ...policy.metadata, ...(uid && { uid }) } };
  const options = { fieldManager: FIELD_MANAGER, signal };
  const replace = (resourceVersion: string | undefined) => {
    const metadata = { ...body.metadata, ...(resourceVersion && { resourceVersion }) };
    return context.client.replace(NETWORK_POLICIES, { ...body, metadata }, options);
  };
  try {
    const applied = await context.client.apply(NETWORK_POLICIES, body, {
      ...options,
      conflicts: 'force',
    });
    return inForce(applied, policy) ? applied : await replace(applied.metadata.resourceVersion);
  } catch (error) {
    // The owner reference of the creation and that of a recreated workload cannot both be controllers.
    if (!(error instanceof ApiError && error.status === 422)) throw error;
    return replace(live.metadata.resourceVersion);
  }
}

async function actOnReport(
  plan: Plan,
  snapshot: Snapshot,
  failure: unknown,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  if (!context.reports.served()) return;
  const step = reportStep(plan, snapshot, failure);
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

/** Nothing may be said of a policy that is not there. */
function reportStep(plan: Plan, snapshot: Snapshot, failure: unknown): ReportStep {
  if (failure === undefined) return plan.report;
  const reason = (failure as { reason?: unknown }).reason;
  const policyFailure = {
    reason: typeof reason === 'string' ? reason : 'PolicyWriteFailed',
    message: describeError(failure),
  };
  return decide({ ...snapshot, policyFailure }).report;
}

/** The report itself, without what it says. */
async function applyReport(
  { status: _status, ...report }: PortExposureReport,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const options = { fieldManager: FIELD_MANAGER, conflicts: 'force', signal } as const;
  await context.client.apply(REPORTS, report, options);
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
    ...{ fieldManager: REPORT_MANAGERS[part], conflicts: 'force', subresource: 'status', signal },
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
