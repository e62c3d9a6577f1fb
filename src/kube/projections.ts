import type { V1Container, V1PodSpec, V1PodStatus } from '@kubernetes/client-node';
import type { NetworkPolicy, NetworkPolicySpec } from '../api/kubernetes.ts';
import { MANAGED_BY_LABEL, MANAGED_BY_VALUE } from '../api/names.ts';
import type { ObjectMeta } from '../api/object-meta.ts';
import { isReadAnnotation } from '../domain/workload/read-annotations.ts';
import type { ContainerPort, Namespace, Pod } from '../domain/workload/workload.ts';
import { madeOf } from './made-of.ts';
import { projectMeta } from './meta-projection.ts';
import { assertShape, misfit, type OnMalformed } from './shape.ts';
import { METADATA_ONLY, POD, POLICY_SPEC, SELECTOR } from './shapes.ts';
import { projectTemplateUse } from './template-use-projection.ts';
import { entriesOf, fieldsOf, optionalTextOf, protocolOf, withoutNulls } from './wire-fields.ts';

/**
 * From wire objects to the little that portlock keeps of them: a Deployment is 9 KiB in memory, its
 * projection 0.6. The client library's types are used for the field names only; these objects are
 * as the server sent them, so a time is a string. Their shape is checked first: see shapes.ts.
 */

interface WirePod {
  metadata: ObjectMeta;
  spec?: V1PodSpec;
  status?: V1PodStatus;
}

/**
 * Projects a pod.
 *
 * @throws MalformedObjectError
 */
export function projectPod(wire: object): Pod {
  assertShape(POD, wire);
  const { metadata, spec, status } = wire as WirePod;
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  const owner = metadata.ownerReferences?.find((reference) => reference.controller === true);
  const labels = metadata.labels ?? {};
  const phase = status?.phase;
  const made = madeOf(metadata, spec);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    labels,
    annotations: keptAnnotations(metadata.annotations),
    ownerUid: owner?.uid,
    ownerKind: owner?.kind,
    ownerName: owner?.name,
    // Controllers of Jobs and ReplicaSets put none on their pods, and templates of CronJobs and ReplicaSets may change.
    templateHash: templateHashOf(labels) ?? made,
    madeOf: made,
    node: spec?.nodeName ?? '',
    ips: (status?.podIPs ?? []).map(({ ip }) => ip),
    ready: ready?.status === 'True' && !metadata.deletionTimestamp,
    readySince: Date.parse(String(ready?.lastTransitionTime ?? '')) || 0,
    terminating: Boolean(metadata.deletionTimestamp),
    live: phase !== 'Succeeded' && phase !== 'Failed',
    hostNetwork: spec?.hostNetwork === true,
    ports: servedPorts(spec),
    use: projectTemplateUse(wire),
  };
}

/** The labels by which Deployments, StatefulSets and DaemonSets, and Rollouts tell which template a pod is of. */
const TEMPLATE_HASHES = [
  'pod-template-hash',
  'controller-revision-hash',
  'rollouts-pod-template-hash',
];

function templateHashOf(labels: Readonly<Record<string, string>>): string | undefined {
  const key = TEMPLATE_HASHES.find((each) => labels[each] !== undefined);
  return key && labels[key];
}

/**
 * Projects a Namespace.
 *
 * @throws MalformedObjectError
 */
export function projectNamespace(wire: object): Namespace {
  assertShape(METADATA_ONLY, wire);
  const { metadata } = wire as { metadata: ObjectMeta };
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    annotations: keptAnnotations(metadata.annotations),
    ...(metadata.deletionTimestamp && { terminating: true }),
  };
}

/**
 * Projects a NetworkPolicy: the whole spec, in wire form, and the metadata that decisions need. One whose spec is not as
 * the API says is taken to close everything that it may select. So nothing is thought to be open, and one
 * of ours is put right.
 */
export function projectPolicy(wire: object, onMalformed: OnMalformed = () => {}): NetworkPolicy {
  const { metadata, spec } = fieldsOf(wire);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { ...projectMeta(metadata, onMalformed), ...managersOf(metadata) },
    spec: policySpec(spec ?? {}, onMalformed),
  };
}

/** Who wrote fields of a policy of ours: of the others nobody asks. */
function managersOf(metadata: unknown): Pick<ObjectMeta, 'managedFields'> {
  const { labels, managedFields } = fieldsOf(metadata);
  if (fieldsOf(labels)[MANAGED_BY_LABEL] !== MANAGED_BY_VALUE) return {};
  const managers = new Set(
    entriesOf(managedFields).flatMap((each) => optionalTextOf(fieldsOf(each).manager) ?? []),
  );
  return managers.size > 0 ? { managedFields: [...managers].map((manager) => ({ manager })) } : {};
}

function policySpec(spec: unknown, onMalformed: OnMalformed): NetworkPolicySpec {
  const wrong = misfit(POLICY_SPEC, spec, 'spec');
  const fields = fieldsOf(withoutNulls(spec));
  const { podSelector } = fields;
  if (wrong === undefined) return { ...fields, podSelector: fieldsOf(podSelector) };
  onMalformed(wrong);
  const selector = misfit(SELECTOR, podSelector) === undefined ? fieldsOf(podSelector) : {};
  return { podSelector: selector, policyTypes: ['Ingress'], ingress: [] };
}

/**
 * The ports of what runs while the pod serves: containers and native sidecars ("init containers
 * with restartPolicy Always", KEP-753). Other init containers are gone by then, and ephemeral
 * containers cannot declare ports.
 */
export function servedPorts(spec: V1PodSpec | undefined): ContainerPort[] {
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
    const hostPort = isLoopback(each.hostIP) ? undefined : each.hostPort;
    return [
      {
        port,
        protocol,
        ...(name && { name }),
        container: container.name,
        ...(hostPort && { hostPort }),
      },
    ];
  });
}

/** "What host IP to bind the external port to" (core/v1 ContainerPort hostIP): by one of these nobody comes from elsewhere. */
function isLoopback(address = ''): boolean {
  return /^(?:127\.|(?:::ffff:127\.|::1$))/.test(address);
}

/** Only the annotations that portlock reads: others can be large and change often. */
export function keptAnnotations(
  annotations: Record<string, string> | undefined,
): Record<string, string> {
  const kept = Object.entries(annotations ?? {}).filter(
    ([key, value]) => isReadAnnotation(key) && typeof value === 'string',
  );
  return Object.fromEntries(kept);
}
