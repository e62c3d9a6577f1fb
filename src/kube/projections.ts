import { createHash } from 'node:crypto';
import type {
  V1Container,
  V1DaemonSet,
  V1Deployment,
  V1Namespace,
  V1Pod,
  V1PodSpec,
  V1ReplicaSet,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { LabelSelector, NetworkPolicy } from '../api/kubernetes.ts';
import { MANAGED_BY_LABEL, MANAGED_BY_VALUE, MODE_LABEL } from '../api/names.ts';
import type { ObjectMeta, OwnerReference } from '../api/object-meta.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { isReadAnnotation } from '../domain/read-annotations.ts';
import type {
  ContainerPort,
  Namespace,
  Pod,
  ReplicaSet,
  Workload,
  WorkloadKind,
} from '../domain/workload.ts';
import { projectTemplateUse } from './template-use-projection.ts';
import { protocolOf } from './wire-fields.ts';

/**
 * From wire objects to the little that portlock keeps of them: a Deployment is 9 KiB in memory, its
 * projection 0.6. The client library's types are used for the field names only; these objects are
 * as the server sent them, so a time is a string.
 */

/** Projects a Deployment, StatefulSet or DaemonSet; a list's items do not say their kind. */
export function projectWorkload(kind: WorkloadKind): (wire: object) => Workload {
  return (wire) => workloadOf(kind, wire as V1Deployment | V1StatefulSet | V1DaemonSet);
}

function workloadOf(
  kind: WorkloadKind,
  { metadata, spec }: V1Deployment | V1StatefulSet | V1DaemonSet,
): Workload {
  const template = spec?.template;
  return {
    ...{ apiVersion: 'apps/v1', kind },
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    generation: metadata?.generation ?? 0,
    mode: metadata?.labels?.[MODE_LABEL],
    annotations: keptAnnotations(metadata?.annotations),
    selector: (spec?.selector ?? {}) as LabelSelector,
    template: {
      hash: createHash('sha256')
        .update(JSON.stringify(template ?? {}))
        .digest('hex')
        .slice(0, 16),
      labels: template?.metadata?.labels ?? {},
      annotations: keptAnnotations(template?.metadata?.annotations),
      hostNetwork: template?.spec?.hostNetwork === true,
      ports: servedPorts(template?.spec),
      use: projectTemplateUse(template),
    },
  };
}

/** Projects a pod. */
export function projectPod(wire: object): Pod {
  const { metadata, spec, status } = wire as V1Pod;
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  const owner = metadata?.ownerReferences?.find((reference) => reference.controller === true);
  const labels = metadata?.labels ?? {};
  const phase = status?.phase;
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    labels,
    annotations: keptAnnotations(metadata?.annotations),
    ownerUid: owner?.uid,
    ownerKind: owner?.kind,
    ownerName: owner?.name,
    templateHash: labels['pod-template-hash'] ?? labels['controller-revision-hash'] ?? '',
    node: spec?.nodeName ?? '',
    ips: (status?.podIPs ?? []).map(({ ip }) => ip),
    ready: ready?.status === 'True' && metadata?.deletionTimestamp === undefined,
    readySince: Date.parse(String(ready?.lastTransitionTime ?? '')) || 0,
    terminating: metadata?.deletionTimestamp !== undefined,
    live: phase !== 'Succeeded' && phase !== 'Failed',
    hostNetwork: spec?.hostNetwork === true,
    ports: servedPorts(spec),
    use: projectTemplateUse(wire),
  };
}

/** Projects a ReplicaSet. */
export function projectReplicaSet(wire: object): ReplicaSet {
  const { metadata } = wire as V1ReplicaSet;
  const owner = metadata?.ownerReferences?.find((reference) => reference.controller === true);
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    labels: metadata?.labels ?? {},
    ownerUid: owner?.uid,
    ownerKind: owner?.kind,
    ownerName: owner?.name,
  };
}

/** Projects a Namespace. */
export function projectNamespace(wire: object): Namespace {
  const { metadata } = wire as V1Namespace;
  return {
    name: metadata?.name ?? '',
    labels: metadata?.labels ?? {},
    annotations: keptAnnotations(metadata?.annotations),
  };
}

/** Projects a NetworkPolicy: the whole spec, in wire form, and the metadata that decisions need. */
export function projectPolicy(wire: object): NetworkPolicy {
  const { metadata, spec } = wire as NetworkPolicy;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { ...projectMeta(metadata), ...managersOf(metadata) },
    spec: { ...spec, podSelector: spec?.podSelector ?? {} },
  };
}

/** Who wrote fields of a policy of ours: of the others nobody asks. */
function managersOf({ labels, managedFields }: ObjectMeta): Pick<ObjectMeta, 'managedFields'> {
  if (labels?.[MANAGED_BY_LABEL] !== MANAGED_BY_VALUE || !Array.isArray(managedFields)) return {};
  const managers = new Set(managedFields.flatMap(({ manager = [] }) => manager));
  return { managedFields: [...managers].map((manager) => ({ manager })) };
}

/** Projects a report. */
export function projectReport(wire: object): PortExposureReport {
  const { apiVersion, kind, metadata, spec, status } = wire as PortExposureReport;
  return { apiVersion, kind, metadata: projectMeta(metadata), spec, ...(status && { status }) };
}

/** Metadata without managed fields and annotations, which are most of an object and decide nothing. */
function projectMeta(metadata: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, labels } = metadata;
  const ownerReferences = metadata.ownerReferences as OwnerReference[] | undefined;
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(generation !== undefined && { generation }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(metadata.deletionTimestamp !== undefined && {
      deletionTimestamp: metadata.deletionTimestamp,
    }),
    ...(labels && { labels }),
    ...(ownerReferences && { ownerReferences }),
  };
}

/**
 * The ports of what runs while the pod serves: containers and native sidecars ("init containers
 * with restartPolicy Always", KEP-753). Other init containers are gone by then, and ephemeral
 * containers cannot declare ports.
 */
function servedPorts(spec: V1PodSpec | undefined): ContainerPort[] {
  const sidecars = (spec?.initContainers ?? []).filter(
    (container) => container.restartPolicy === 'Always',
  );
  return [...(spec?.containers ?? []), ...sidecars].flatMap(containerPorts);
}

function containerPorts(container: V1Container): ContainerPort[] {
  return (container.ports ?? []).flatMap((each) => {
    const protocol = protocolOf(each.protocol);
    // The API server would refuse a protocol of any other name, and so a policy with it.
    if (protocol === undefined) return [];
    const { containerPort: port, name } = each;
    return [{ port, protocol, ...(name !== undefined && { name }), container: container.name }];
  });
}

/** Only the annotations that portlock reads: others can be large and change often. */
function keptAnnotations(annotations: Record<string, string> | undefined): Record<string, string> {
  const kept = Object.entries(annotations ?? {}).filter(
    ([key, value]) => isReadAnnotation(key) && typeof value === 'string',
  );
  return Object.fromEntries(kept);
}
