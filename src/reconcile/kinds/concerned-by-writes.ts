import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { MANAGED_BY_LABEL, MANAGED_BY_VALUE } from '../../api/names.ts';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { selectorWithoutAdded } from '../../domain/workload/controller-labels.ts';
import { selectorWithoutMesh } from '../../domain/workload/mesh-labels.ts';
import { ownersByPolicyName } from '../../domain/workload/object-names.ts';
import { controllerOf } from '../../domain/workload/ownership.ts';
import { WORKLOAD_KINDS } from '../../domain/workload/workload.ts';
import type { Change } from '../../kube/store.ts';
import type { Lookups } from '../lookups.ts';
import { keysOf, keysReferredTo, type WorkloadKey, workloadKey } from '../workload-key.ts';
import { type Concerned, nobody, whenWritten } from './concern.ts';

/** A policy of our own writing concerns all but its workload, when it comes back. */
export function concernedByPolicy(change: Change<NetworkPolicy>, caches: Lookups): Concerned {
  const own = change.current && caches.writtenPolicies.isOwn(change.current);
  const done = new Set(own ? keysOfOwner(change.current) : []);
  const others = (policy: NetworkPolicy) => keysOfPolicy(policy, caches).difference(done);
  return whenWritten(others)(change, caches);
}

/** A report of our own writing concerns nobody, when it comes back. */
export function concernedByReport(change: Change<PortExposureReport>, caches: Lookups): Concerned {
  const { source, current } = change;
  // A list may show our write with an edit in it that no watch told of.
  if (source === 'watch' && current && caches.writtenReports.isOwn(current)) return nobody();
  return whenWritten(keysOfReport)(change, caches);
}

/** The workload that a report is about. */
export function keysOfReport({ metadata, spec }: PortExposureReport): WorkloadKey[] {
  return keysReferredTo(spec.targetRef, metadata.namespace ?? '');
}

/** The workload whose policy it is, where it is ours. */
export function keysOfOwner(policy: NetworkPolicy): WorkloadKey[] {
  if (policy.metadata.labels?.[MANAGED_BY_LABEL] !== MANAGED_BY_VALUE) return [];
  const { namespace = '', name } = policy.metadata;
  const owner = controllerOf(policy.metadata);
  // An orphaning delete takes the reference off: the name is left to tell whose it was.
  if (!owner)
    return ownersByPolicyName(name, WORKLOAD_KINDS).map((each) =>
      workloadKey({ ...each, namespace }),
    );
  return keysReferredTo(owner, namespace);
}

/** The owner, where the policy is ours, and every workload that has its name or whose pods it selects. */
function keysOfPolicy(policy: NetworkPolicy, caches: Lookups): Set<WorkloadKey> {
  const { namespace = '', name } = policy.metadata;
  // The API has none without; what is of the wrong shape concerns too many rather than too few.
  const podSelector = policy.spec?.podSelector ?? {};
  const concerned = [
    ...caches.workloadsWithPolicy({ namespace, name }),
    // No template has the labels that controllers and meshes add to its pods.
    ...caches.selections.workloadsUnder(
      namespace,
      selectorWithoutMesh(selectorWithoutAdded(podSelector)),
    ),
    // Those on whose pods a program may put the labels that it asks for.
    ...caches.selections.workloadsSelecting(namespace, podSelector.matchLabels ?? {}),
    // Live pods may have labels that the template lacks: injected ones, or those of an older template.
    ...caches.selections
      .podsUnder(namespace, podSelector)
      .flatMap((pod) => caches.workloadOf(pod) ?? []),
  ];
  const optedIn = concerned.filter((workload) => caches.hasOptedIn(workload));
  return new Set([...keysOfOwner(policy), ...keysOf(optedIn)]);
}
