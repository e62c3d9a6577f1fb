import type { NetworkPolicy } from '../api/kubernetes.ts';
import { MANAGED_BY_LABEL, MANAGED_BY_VALUE, MODE_LABEL } from '../api/names.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { selectsPod } from '../domain/evaluate/network-policy.ts';
import { selectorMatches } from '../domain/match/label-selector.ts';
import type { Monitor, Route, WebhookConfiguration } from '../domain/preflight/usage.ts';
import { canonicalJson } from '../domain/text/canonical.ts';
import { ownersByPolicyName, policyName } from '../domain/workload/object-names.ts';
import { controllerOf } from '../domain/workload/ownership.ts';
import {
  type Namespace,
  type Pod,
  type ReplicaSet,
  WORKLOAD_KINDS,
  type Workload,
} from '../domain/workload/workload.ts';
import type { Change } from '../kube/store.ts';
import type { Caches } from './caches.ts';
import { GatheredChanges } from './gathered-changes.ts';
import { type WorkloadKey, workloadKey, workloadKindOf } from './workload-key.ts';

export type Enqueue = (key: WorkloadKey, priority: 'change' | 'resync') => void;

/**
 * Turns what changes in the cluster into the workloads that have to be looked at again, until the
 * returned function is called. Workloads that have not opted in are nobody's business, unless they
 * are under the selector of one that has.
 */
export function enqueueChanges(caches: Caches, enqueue: Enqueue): () => void {
  const addAll = (change: Change<unknown>, keys: Iterable<WorkloadKey>) => {
    for (const key of keys) enqueue(key, change.source === 'watch' ? 'change' : 'resync');
  };
  // A status update changes nothing that is kept of an object: most events end here.
  const whenChanged =
    <T>(keysOf: (value: T) => Iterable<WorkloadKey>) =>
    (change: Change<T>) => {
      const { previous, current } = change;
      if (previous && current && sameContent(previous, current)) return;
      for (const value of [previous, current]) if (value) addAll(change, keysOf(value));
    };
  // Between what was cached and what a list shows we may have written, and somebody put it back to what it was.
  const whenWritten =
    <T>(keysOf: (value: T) => Iterable<WorkloadKey>) =>
    (change: Change<T>) => {
      if (change.source === 'watch') return whenChanged(keysOf)(change);
      for (const value of [change.previous, change.current])
        if (value) addAll(change, keysOf(value));
    };
  const gathered = new GatheredChanges({
    onGathered: (namespaces) => {
      const workloads =
        namespaces === 'all'
          ? caches.optedIn()
          : [...namespaces].flatMap((namespace) => caches.optedIn(namespace));
      for (const key of keysOf(workloads)) enqueue(key, 'resync');
    },
  });
  const whenGathered: WhenGathered =
    (namespacesOf) =>
    ({ previous, current }) => {
      if (previous && current && sameContent(previous, current)) return;
      for (const value of [previous, current]) if (value) gathered.add(namespacesOf(value));
    };

  const stops = [
    ...WORKLOAD_KINDS.map((kind) =>
      caches.workloads[kind].addListener(whenChanged((each) => keysOfWorkload(each, caches))),
    ),
    caches.replicaSets.addListener(whenChanged((each) => ownerOfReplicaSet(each, caches))),
    caches.pods.addListener(whenChanged((pod) => keysOfPod(pod, caches))),
    caches.policies.addListener((change) => {
      const own = change.current && caches.writtenPolicies.isOwn(change.current);
      const done = new Set(own ? keysOfOwner(change.current) : []);
      const keysOf = (policy: NetworkPolicy) => keysOfPolicy(policy, caches).difference(done);
      whenWritten(keysOf)(change);
    }),
    caches.reports.addListener((change) => {
      const { source, current } = change;
      // A list may show our write with an edit in it that no watch told of.
      if (source === 'watch' && current && caches.writtenReports.isOwn(current)) return;
      whenWritten(keysOfReport)(change);
    }),
    caches.namespaces.addListener((change) => addAll(change, keysOfNamespace(change, caches))),
    ...policyListeners(caches, whenGathered),
    ...usageListeners(caches, whenChanged, whenGathered),
  ];
  return () => {
    gathered.stop();
    for (const stop of stops) stop();
  };
}

type WhenChanged = <T>(keysOf: (value: T) => Iterable<WorkloadKey>) => (change: Change<T>) => void;
type WhenGathered = <T>(
  namespacesOf: (value: T) => readonly string[] | 'all',
) => (change: Change<T>) => void;

/** Whether two projections differ in nothing but the version: every write has a new one. */
function sameContent(previous: unknown, current: unknown): boolean {
  return canonicalJson(withoutVersion(previous)) === canonicalJson(withoutVersion(current));
}

function withoutVersion(value: unknown): unknown {
  const { metadata, ...fields } = value as { metadata?: { resourceVersion?: string } };
  if (metadata?.resourceVersion === undefined) return value;
  const { resourceVersion: _, ...rest } = metadata;
  return { ...fields, metadata: rest };
}

/** Policies of other kinds select by labels that only a decision compares: all workloads are concerned. */
function policyListeners(caches: Caches, whenGathered: WhenGathered): (() => void)[] {
  const { tiered, foreign } = caches.policyKinds;
  return [...tiered.values(), ...foreign.values()].map((store) =>
    store.addListener(
      whenGathered(({ metadata }: { metadata: { namespace?: string } }) =>
        metadata.namespace ? [metadata.namespace] : 'all',
      ),
    ),
  );
}

/** What is used of a namespace's pods concerns its workloads; what may refer to other namespaces, theirs. */
function usageListeners(
  caches: Caches,
  whenChanged: WhenChanged,
  whenGathered: WhenGathered,
): (() => void)[] {
  const { usage } = caches;
  const inNamespace = ({ namespace }: { namespace: string }) => keysOf(caches.optedIn(namespace));
  const ofService = ({ service }: { service: { namespace: string } | undefined }) =>
    service ? [service.namespace] : [];
  const ofServices = ({ services }: WebhookConfiguration) =>
    services.map(({ namespace }) => namespace);
  return [
    usage.services.addListener(whenChanged(inNamespace)),
    usage.endpointSlices.addListener(whenChanged(inNamespace)),
    usage.ingresses.addListener(whenChanged(inNamespace)),
    ...usage.routes.map((store) => store.addListener(whenGathered(namespacesOfRoute))),
    usage.serviceMonitors.addListener(whenGathered(namespacesOfMonitor)),
    usage.podMonitors.addListener(whenGathered(namespacesOfMonitor)),
    usage.validatingWebhooks.addListener(whenGathered(ofServices)),
    usage.mutatingWebhooks.addListener(whenGathered(ofServices)),
    usage.apiServices.addListener(whenGathered(ofService)),
    usage.definitions.addListener(whenGathered(ofService)),
  ];
}

function namespacesOfRoute({ namespace, backends }: Route): string[] {
  return backends.map((backend) => backend.namespace ?? namespace);
}

function namespacesOfMonitor({ namespace, namespaceSelector }: Monitor): readonly string[] | 'all' {
  const { any, matchNames } = namespaceSelector;
  if (any) return 'all';
  return matchNames.length > 0 ? matchNames : [namespace];
}

/** Every workload that has opted in, and every one that has a policy or report of ours. */
export function allKeys(caches: Caches): Set<WorkloadKey> {
  return new Set([
    ...keysOf(caches.optedIn()),
    ...caches.policies.list().flatMap(keysOfOwner),
    ...caches.reports.list().flatMap(keysOfReport),
  ]);
}

function keysOf(workloads: readonly Workload[]): WorkloadKey[] {
  return workloads.map(workloadKey);
}

/** Itself, where it has opted in, or had; and those whose selector matches its pods. */
function keysOfWorkload(workload: Workload, caches: Caches): WorkloadKey[] {
  const { namespace, template } = workload;
  const others = caches
    .optedIn(namespace)
    .filter(({ uid }) => uid !== workload.uid)
    .filter(({ selector }) => selectorMatches(selector, template.labels));
  return keysOf(caches.hasOptedIn(workload) ? [workload, ...others] : others);
}

/** Another label of the mode concerns all workloads of a namespace; any other change, those that have opted in. */
function keysOfNamespace({ previous, current }: Change<Namespace>, caches: Caches): WorkloadKey[] {
  const name = (current ?? previous)?.name ?? '';
  if (previous && current && canonicalJson(previous) === canonicalJson(current)) return [];
  const isSameMode = previous?.labels[MODE_LABEL] === current?.labels[MODE_LABEL];
  return keysOf(isSameMode ? caches.optedIn(name) : caches.allWorkloads(name));
}

function keysOfReport({ metadata, spec }: PortExposureReport): WorkloadKey[] {
  const kind = workloadKindOf(spec.targetRef);
  const { namespace = '' } = metadata;
  return kind ? [workloadKey({ kind, namespace, name: spec.targetRef.name })] : [];
}

function keysOfOwner(policy: NetworkPolicy): WorkloadKey[] {
  if (policy.metadata.labels?.[MANAGED_BY_LABEL] !== MANAGED_BY_VALUE) return [];
  const { namespace = '', name } = policy.metadata;
  const owner = controllerOf(policy.metadata);
  // An orphaning delete takes the reference off: the name is left to tell whose it was.
  if (!owner)
    return ownersByPolicyName(name, WORKLOAD_KINDS).map((each) =>
      workloadKey({ ...each, namespace }),
    );
  const kind = workloadKindOf(owner);
  return kind ? [workloadKey({ kind, namespace, name: owner.name })] : [];
}

function ownerOfReplicaSet(replicaSet: ReplicaSet, caches: Caches): WorkloadKey[] {
  const { namespace, ownerName = '', ownerUid } = replicaSet;
  const workload = caches.workload({ kind: 'Deployment', namespace, name: ownerName });
  return workload?.uid === ownerUid && workload && caches.hasOptedIn(workload)
    ? [workloadKey(workload)]
    : [];
}

/** Those whose selector matches it; its owner's does, unless somebody took the pod away by a label. */
function keysOfPod(pod: Pod, caches: Caches): Set<WorkloadKey> {
  const selecting = caches
    .optedIn(pod.namespace)
    .filter(({ selector, uid }) => uid === pod.ownerUid || selectorMatches(selector, pod.labels));
  const replicaSet =
    pod.ownerUid === undefined ? undefined : caches.replicaSet(pod.namespace, pod.ownerUid);
  const owners = replicaSet ? ownerOfReplicaSet(replicaSet, caches) : [];
  return new Set([...keysOf(selecting), ...owners]);
}

/** The owner, where the policy is ours, and every workload that has its name or whose pods it selects. */
function keysOfPolicy(policy: NetworkPolicy, caches: Caches): Set<WorkloadKey> {
  const keys = new Set<WorkloadKey>(keysOfOwner(policy));
  for (const workload of caches.optedIn(policy.metadata.namespace ?? '')) {
    if (policy.metadata.name === policyName(workload) || selects(policy, workload, caches))
      keys.add(workloadKey(workload));
  }
  return keys;
}

function selects(policy: NetworkPolicy, workload: Workload, caches: Caches): boolean {
  if (selectsPod(policy, workload.template.labels)) return true;
  // Live pods may have labels that the template lacks: injected ones, or those of an older template.
  return caches.podsOf(workload).some((pod) => selectsPod(policy, pod.labels));
}
