import { formerPolicies } from '../domain/policy/former-names.ts';
import type { Role, Snapshot } from '../domain/snapshot.ts';
import { labelsByMesh } from '../domain/workload/mesh-labels.ts';
import { hasOptedIn, type ModeDefaults, modeLabel } from '../domain/workload/mode.ts';
import { reportName } from '../domain/workload/object-names.ts';
import { ownPolicy } from '../domain/workload/ownership.ts';
import { namespacesLetIn } from '../domain/workload/settings.ts';
import {
  isWorkload,
  type Namespace,
  type Pod,
  type Workload,
} from '../domain/workload/workload.ts';
import { unlessGone } from '../kube/errors.ts';
import { projectNamespace } from '../kube/projections.ts';
import { NAMESPACES, WORKLOAD_RESOURCES } from '../kube/resources.ts';
import { projectOwner } from '../kube/workload-projection.ts';
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
  const own = caches.policiesAbout(name, []);
  const report = reportOn(name, context);
  const has = {
    policy:
      ownPolicy(own, name).kind === 'ours' ||
      formerPolicies({ policies: own, key: name }).length > 0,
    report: report !== undefined,
  };
  const { workload, namespace } = await readCarefully(name, role, has, context, signal);
  const pods = workload ? caches.podsOf(workload) : [];
  const selected = workload ? caches.podsSelectedBy(workload) : [];
  const labels = labelsOf(workload, [...pods, ...selected]);
  const byMesh = [workload && labelsByMesh(workload, namespace)].filter(
    (each) => each !== undefined,
  );
  return {
    now: context.now(),
    timing: { ...context.timing, share: context.podShare() },
    widening: context.widening,
    modeDefaults: caches.modeDefaults,
    key: name,
    role,
    namespace,
    workload,
    policies: caches.policiesAbout(name, [...labels, ...byMesh], workload),
    tieredPolicies: caches.tieredPolicies(),
    pluginPolicies: caches.pluginPolicies(name.namespace),
    pods,
    selected,
    overlapping: workload ? caches.overlapping(workload) : [],
    watchedNamespaces: context.watchedNamespaces,
    absentNamespaces: workload ? absentAmong(namespacesLetIn(workload), context) : [],
    usage: caches.usageOf(name.namespace, selected, labels, workload),
    references: referencesOfNow(key, context),
    report,
    formerReports: caches.formerReportsOn(name),
    evidence: vantage && context.probes[vantage].evidence(key),
    calibrations: context.calibrations(),
    prober: context.prober(),
    policyFailure: undefined,
    waitingSince: context.waits.get(key),
    contest: context.reverts.contest(key, context.now()),
    untoldBrake: context.untoldBrakes.get(key),
    lastApplied: context.lastApplied.get(key),
  };
}

/** Those that are not there; of one that is not watched nobody here can say. */
function absentAmong(
  names: readonly string[],
  { caches, watchedNamespaces = names }: Context,
): string[] {
  return names.filter((each) => watchedNamespaces.includes(each) && !caches.namespaces.get(each));
}

/** The report of the workload's own report name, where it is about the workload. */
function reportOn(name: WorkloadName, { caches }: Context): Snapshot['report'] {
  const report = caches.writtenReports.get({ namespace: name.namespace, name: reportName(name) });
  const target = report?.spec.targetRef;
  return target?.kind === name.kind && target.name === name.name ? report : undefined;
}

/** What of ours there is that a decision may take away. */
interface OwnObjects {
  policy: boolean;
  report: boolean;
}

/** The workload and its namespace, live where they are not cached or what is cached would take something away. */
async function readCarefully(
  name: WorkloadName,
  role: Role,
  has: OwnObjects,
  context: Context,
  signal: AbortSignal,
): Promise<Pick<Snapshot, 'workload' | 'namespace'>> {
  const { caches } = context;
  const cached = caches.workload(name);
  // Its labels say which policies are about its pods: what is new may not be in the cache yet.
  const namespace =
    caches.namespaces.get(name.namespace) ??
    (await readNamespace(name.namespace, context, signal)) ??
    caches.namespace(name.namespace);
  if (!role.policy || !takesAway(cached, namespace, has, caches.modeDefaults))
    return { workload: cached, namespace };
  const workload = await readWorkload(name, context, signal);
  if (!workload || workload.mode !== undefined) return { workload, namespace };
  const read = await readNamespace(name.namespace, context, signal);
  return { workload, namespace: read ?? namespace };
}

/** The distinct labels of pods, and of those that are to come. */
function labelsOf(workload: Workload | undefined, pods: readonly Pod[]): Pod['labels'][] {
  const all = workload ? [workload.template, ...pods] : pods;
  return [...new Map(all.map(({ labels }) => [JSON.stringify(labels), labels])).values()];
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
  has: OwnObjects,
  defaults: ModeDefaults,
): boolean {
  if (!workload || !hasOptedIn(workload, namespace, defaults)) return has.policy || has.report;
  const unlocks =
    modeLabel(workload, namespace, defaults) === 'audit' || workload.template.hostNetwork;
  return has.policy && unlocks;
}

async function readWorkload(
  { kind, namespace, name }: WorkloadName,
  context: Context,
  signal: AbortSignal,
): Promise<Workload | undefined> {
  const resource = WORKLOAD_RESOURCES[kind];
  const wire = await unlessGone(context.client.get(resource, { namespace, name }, { signal }));
  if (!wire) return undefined;
  const object = projectOwner(kind)(wire);
  // Another workload has taken it over since.
  return isWorkload(object) ? context.caches.withTemplate(object) : undefined;
}

async function readNamespace(
  name: string,
  context: Context,
  signal: AbortSignal,
): Promise<Namespace | undefined> {
  const wire = await unlessGone(context.client.get(NAMESPACES, { name }, { signal }));
  return wire && projectNamespace(wire);
}
