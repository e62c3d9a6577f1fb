import type {
  V1Container,
  V1Deployment,
  V1Namespace,
  V1Pod,
  V1PodSpec,
  V1ReplicaSet,
} from '@kubernetes/client-node';
import type { LabelSelector, NetworkPolicy, Protocol } from '../api/kubernetes.ts';
import { MODE_LABEL } from '../api/names.ts';
import type { ObjectMeta, OwnerReference } from '../api/object-meta.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import type { ContainerPort, Namespace, Pod, ReplicaSet, Workload } from '../domain/workload.ts';

import { projectTemplateUse } from './template-use-projection.ts';

/**
 * From wire objects to the little that portlock keeps of them: a Deployment is 9 KiB in memory, its
 * projection 0.6. The client library's types are used for the field names only; these objects are
 * as the server sent them, so a time is a string.
 */

/** Projects a Deployment. */
export function projectDeployment(wire: object): Workload {
  const { metadata, spec } = wire as V1Deployment;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    generation: metadata?.generation ?? 0,
    mode: metadata?.labels?.[MODE_LABEL],
    annotations: ownKeys(metadata?.annotations),
    selector: (spec?.selector ?? {}) as LabelSelector,
    template: {
      labels: spec?.template.metadata?.labels ?? {},
      hostNetwork: spec?.template.spec?.hostNetwork === true,
      ports: servedPorts(spec?.template.spec),
      use: projectTemplateUse(spec?.template),
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
    ownerUid: owner?.uid,
    ownerName: owner?.name,
    templateHash: labels['pod-template-hash'] ?? labels['controller-revision-hash'] ?? '',
    node: spec?.nodeName ?? '',
    ips: (status?.podIPs ?? []).map(({ ip }) => ip),
    ready: ready?.status === 'True' && metadata?.deletionTimestamp === undefined,
    readySince: Date.parse(String(ready?.lastTransitionTime ?? '')) || 0,
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
    ownerUid: owner?.uid,
    ownerName: owner?.name,
  };
}

/** Projects a Namespace. */
export function projectNamespace(wire: object): Namespace {
  const { metadata } = wire as V1Namespace;
  return { name: metadata?.name ?? '', labels: metadata?.labels ?? {} };
}

/** Projects a NetworkPolicy: the whole spec, in wire form, and the metadata that decisions need. */
export function projectPolicy(wire: object): NetworkPolicy {
  const { metadata, spec } = wire as NetworkPolicy;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: projectMeta(metadata),
    spec: { ...spec, podSelector: spec?.podSelector ?? {} },
  };
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
  return (container.ports ?? []).map(({ containerPort, protocol, name }) => ({
    port: containerPort,
    protocol: (protocol ?? 'TCP') as Protocol,
    ...(name !== undefined && { name }),
    container: container.name,
  }));
}

/** Only the annotations that portlock reads: others can be large and change often. */
function ownKeys(annotations: Record<string, string> | undefined): Record<string, string> {
  const own = Object.entries(annotations ?? {}).filter(([key]) => key.startsWith('portlock.dev/'));
  return Object.fromEntries(own);
}
