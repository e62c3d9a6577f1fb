import type { Role, Snapshot } from '../domain/snapshot.ts';
import { reportName } from '../domain/workload/object-names.ts';
import { isOurs } from '../domain/workload/ownership.ts';
import { hasOptedIn, modeLabel } from '../domain/workload/settings.ts';
import type { Namespace, Pod, Workload } from '../domain/workload/workload.ts';
import { isNotFound } from '../kube/errors.ts';
import { projectNamespace, projectWorkload } from '../kube/projections.ts';
import { NAMESPACES, WORKLOAD_RESOURCES } from '../kube/resources.ts';
import { type Context, vantageOf } from './context.ts';
import { parseWorkloadKey, type WorkloadKey, type WorkloadName } from './workload-key.ts';

/**
 * Gathers what one decision needs. Everything comes from the caches, with two exceptions, because a
 * cache may be behind: a namespace that is not there is read live; and before something of ours is
 * taken away the workload is, and its namespace where that opted in for it.
 */
export async function observe(
  key: WorkloadKey,
  role: Role,
  context: Context,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { caches } = context;
  const name = parseWorkloadKey(key);
  const vantage = vantageOf(role);
  const report = caches.writtenReports.get({ namespace: name.namespace, name: reportName(name) });
  // Under a former name too.
  const hasPolicy = caches.policiesAbout(name, []).some((policy) => isOurs(policy, name));
  const reportIsOurs =
    report?.spec.targetRef.kind === name.kind && report.spec.targetRef.name === name.name;

  let workload = caches.workload(name);
  // Its labels say which policies are about its pods: what is new may not be in the cache yet.
  let namespace =
    caches.namespaces.get(name.namespace) ??
    (await readNamespace(name.namespace, context, signal)) ??
    caches.namespace(name.namespace);
  if (role.policy && takesAway(workload, namespace, { hasPolicy, reportIsOurs })) {
    workload = await readWorkload(name, context, signal);
    if (workload && workload.mode === undefined)
      namespace = (await readNamespace(name.namespace, context, signal)) ?? namespace;
  }
  const pods = workload ? caches.podsOf(workload) : [];
  const selected = workload ? caches.podsSelectedBy(workload) : [];
  return {
    now: context.now(),
    timing: context.timing,
    widening: context.widening,
    key: name,
    role,
    namespace,
    workload,
    policies: caches.policiesAbout(name, labelsOf(workload, [...pods, ...selected])),
    tieredPolicies: caches.tieredPolicies(),
    pluginPolicies: caches.pluginPolicies(),
    pods,
    selected,
    overlapping: workload ? caches.overlapping(workload) : [],
    usage: caches.usageOf(name.namespace),
    references: referencesOfNow(key, context),
    report: reportIsOurs ? report : undefined,
    formerReports: caches.formerReportsOn(name),
    evidence: vantage && context.probes[vantage].evidence(key),
    calibrations: context.calibrations(),
    prober: context.prober(),
    policyFailure: undefined,
    contest: context.reverts.contest(key, context.now()),
    untoldBrake: context.untoldBrakes.get(key),
    lastApplied: context.lastApplied.get(key),
  };
}

/** The distinct labels of pods, and of those that are to come. */
function labelsOf(workload: Workload | undefined, pods: readonly Pod[]): Iterable<Pod['labels']> {
  const all = workload ? [workload.template, ...pods] : pods;
  return new Map(all.map(({ labels }) => [JSON.stringify(labels), labels])).values();
}

/** Without namespaces that are gone: who makes new ones again and again must not be remembered by all. */
function referencesOfNow(
  key: WorkloadKey,
  { references, caches }: Context,
): Snapshot['references'] {
  const remembered = [...(references.get(key) ?? [])];
  return new Map(remembered.filter(([namespace]) => caches.namespaces.get(namespace)));
}

/** Whether what the caches say would take a policy or a report of ours away. */
function takesAway(
  workload: Workload | undefined,
  namespace: Namespace,
  has: { hasPolicy: boolean; reportIsOurs: boolean },
): boolean {
  if (!workload || !hasOptedIn(workload, namespace)) return has.hasPolicy || has.reportIsOurs;
  const unlocks = modeLabel(workload, namespace) === 'audit' || workload.template.hostNetwork;
  return has.hasPolicy && unlocks;
}

async function readWorkload(
  { kind, namespace, name }: WorkloadName,
  context: Context,
  signal: AbortSignal,
): Promise<Workload | undefined> {
  const resource = WORKLOAD_RESOURCES[kind];
  const wire = await unlessGone(context.client.get(resource, { namespace, name }, { signal }));
  return wire && projectWorkload(kind)(wire);
}

async function readNamespace(
  name: string,
  context: Context,
  signal: AbortSignal,
): Promise<Namespace | undefined> {
  const wire = await unlessGone(context.client.get(NAMESPACES, { name }, { signal }));
  return wire && projectNamespace(wire);
}

async function unlessGone<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
