import { isOurs } from '../domain/ownership.ts';
import { policyName } from '../domain/policy.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Workload } from '../domain/workload.ts';
import { isNotFound } from '../kube/errors.ts';
import { projectDeployment } from '../kube/projections.ts';
import { objectKey } from '../kube/resource.ts';
import { DEPLOYMENTS } from '../kube/resources.ts';
import type { Context } from './context.ts';
import { parseWorkloadKey, type WorkloadKey } from './workload-key.ts';

/**
 * Gathers what one decision needs. Everything comes from the caches, with one exception: before
 * something of ours is taken away the workload is read live, because a cache may be behind.
 */
export async function observe(
  key: WorkloadKey,
  context: Context,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { caches } = context;
  const name = parseWorkloadKey(key);
  const policies = caches.policiesOf(name.namespace, policyName(name.name));
  const own = policies.find((policy) => policy.metadata.name === policyName(name.name));
  const report = caches.writtenReports.get(name);
  const hasPolicy = own !== undefined && isOurs(own, name);
  const reportIsOurs = report?.spec.targetRef.kind === name.kind;

  const cached = caches.workloads.get(objectKey(name));
  const leaves = cached === undefined || cached.mode === 'off';
  const unlocks = cached?.mode === 'audit' || cached?.template.hostNetwork === true;
  const takesAway = leaves ? hasPolicy || reportIsOurs : hasPolicy && unlocks;
  const workload = takesAway ? await readLive(name, context, signal) : cached;
  return {
    ...{ now: context.now(), timing: context.timing, key: name, workload, policies },
    pods: workload ? caches.podsOf(workload) : [],
    selected: workload ? caches.podsSelectedBy(workload) : [],
    usage: caches.usage.of(name.namespace),
    report: reportIsOurs ? report : undefined,
    evidence: context.probes.evidence(key),
    calibration: context.calibration(),
    prober: context.prober(),
    policyFailure: undefined,
    lastApplied: context.lastApplied.get(key),
  };
}

async function readLive(
  { namespace, name }: { namespace: string; name: string },
  context: Context,
  signal: AbortSignal,
): Promise<Workload | undefined> {
  try {
    return projectDeployment(
      await context.client.get(DEPLOYMENTS, { namespace, name }, { signal }),
    );
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
