import { hash } from 'node:crypto';
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { LabelSelector } from '../api/kubernetes.ts';
import { MODE_LABEL } from '../api/names.ts';
import type { ObjectMeta, OwnerReference } from '../api/object-meta.ts';
import { controllerOf } from '../domain/workload/ownership.ts';
import {
  type Intermediate,
  NO_PODS,
  type PodTemplate,
  type TemplateReference,
  WORKLOAD_API_VERSIONS,
  type Workload,
  type WorkloadKind,
} from '../domain/workload/workload.ts';
import { withoutRestarts } from './made-of.ts';
import { keptAnnotations, servedPorts } from './projections.ts';
import { assertShape, MalformedObjectError, type Schema } from './shape.ts';
import { CRON_JOB, JOB, METADATA_ONLY, ROLLOUT, WORKLOAD } from './shapes.ts';
import { projectTemplateUse } from './template-use-projection.ts';
import { fieldsOf, optionalTextOf, textOf, withoutNulls } from './wire-fields.ts';

/** What a kind says of its pods; a list's items do not say their kind. */
interface Said {
  selector: LabelSelector;
  template: V1PodTemplateSpec | undefined;
  templateOf?: TemplateReference;
}

/**
 * Projects a workload of that kind, whoever controls it.
 *
 * @throws MalformedObjectError: a selector or an annotation that was left out would make a wider policy
 */
export function projectWorkload(kind: WorkloadKind): (wire: object) => Workload {
  const { shape, read } = READERS[kind];
  return (wire) => {
    assertShape(shape, wire);
    const { metadata, spec } = wire as { metadata: ObjectMeta; spec: object };
    const { selector, template, templateOf } = read(spec, metadata);
    // "empty selector is invalid" (apps validation): a policy with it would be about every pod of the namespace.
    if (isEmpty(selector)) throw new MalformedObjectError('spec.selector');
    return {
      apiVersion: WORKLOAD_API_VERSIONS[kind],
      kind,
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      uid: metadata.uid ?? '',
      generation: metadata.generation ?? 0,
      mode: metadata.labels?.[MODE_LABEL],
      annotations: keptAnnotations(metadata.annotations),
      selector,
      ...replicasOf(spec),
      ...controlledBy(metadata),
      template: projectTemplate(template),
      ...(templateOf && { templateOf }),
    };
  };
}

/** By whom, where that is none of Kubernetes' own kinds: an operator keeps such a workload for it. */
function controlledBy(metadata: ObjectMeta): Pick<Workload, 'controlledBy'> {
  const { apiVersion = '', kind, name } = controllerOf(metadata) ?? {};
  return /^[^/]+\.[^/]+\//.test(apiVersion) ? { controlledBy: `${kind} ${name}` } : {};
}

/** A DaemonSet has none. Of a Job's pods as many run at the same time as its `parallelism` says. */
function replicasOf(spec: object): Pick<Workload, 'replicas'> {
  const { replicas, parallelism, jobTemplate } = fieldsOf(spec);
  const ofJob = fieldsOf(fieldsOf(jobTemplate).spec).parallelism;
  const count = [replicas, parallelism, ofJob].find(Number.isInteger);
  return count === undefined ? {} : { replicas: count as number };
}

/**
 * The same, and a link where another workload controls the object: a ReplicaSet that anybody controls, and a Job of a CronJob.
 *
 * @throws MalformedObjectError
 */
export function projectOwner(kind: WorkloadKind): (wire: object) => Workload | Intermediate {
  const project = projectWorkload(kind);
  const ownerOf = LINKS[kind];
  if (!ownerOf) return project;
  return (wire) => {
    assertShape(METADATA_ONLY, wire);
    const { metadata } = wire as { metadata: ObjectMeta };
    const owner = ownerOf(metadata);
    if (!owner) return project(wire);
    return {
      kind,
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      uid: metadata.uid ?? '',
      labels: metadata.labels ?? {},
      ownerUid: owner.uid,
      ownerKind: owner.kind,
      ownerName: owner.name,
    };
  };
}

/** Of the kinds that other workloads make, to whom one is a link. Whoever else makes Jobs leaves them to themselves. */
const LINKS: Partial<Record<WorkloadKind, (metadata: ObjectMeta) => OwnerReference | undefined>> = {
  ReplicaSet: controllerOf,
  Job: cronJobOf,
};

/** Some tools that begin a run of a CronJob by hand, as Argo CD, do not say that it controls the Job. */
function cronJobOf(metadata: ObjectMeta): OwnerReference | undefined {
  const controller = controllerOf(metadata);
  const owners = controller ? [controller] : (metadata.ownerReferences ?? []);
  return owners.find(
    ({ kind, apiVersion = '' }) => kind === 'CronJob' && apiVersion.startsWith('batch/'),
  );
}

const READERS: Record<
  WorkloadKind,
  { shape: Schema; read: (spec: object, metadata: ObjectMeta) => Said }
> = {
  Deployment: { shape: WORKLOAD, read: selectorAndTemplate },
  StatefulSet: { shape: WORKLOAD, read: selectorAndTemplate },
  DaemonSet: { shape: WORKLOAD, read: selectorAndTemplate },
  ReplicaSet: { shape: WORKLOAD, read: selectorAndTemplate },
  Job: { shape: JOB, read: ofJob },
  CronJob: { shape: CRON_JOB, read: ofCronJob },
  Rollout: { shape: ROLLOUT, read: ofRollout },
};

function selectorAndTemplate(spec: object): Said {
  const { selector, template } = spec as Partial<Said>;
  return { selector: withoutNulls(selector ?? {}) as LabelSelector, template };
}

/** "The Job name" of a Job's pods (Kubernetes docs, labels-annotations-taints). */
const JOB_NAME = 'batch.kubernetes.io/job-name';

/**
 * "Normally, the system sets this field for you" (batch/v1 JobSpec selector), by the Job's uid. Cilium leaves that label out
 * of what its policies see ("!batch\.kubernetes\.io/controller-uid" of its default labels), and in a manifest there is none yet.
 * So pods are known by the label with the Job's name, but where the owner manages the selector.
 */
function ofJob(spec: object, { name }: ObjectMeta): Said {
  const said = selectorAndTemplate(spec);
  if (fieldsOf(spec).manualSelector === true && !isEmpty(said.selector)) return said;
  const added = { [JOB_NAME]: name };
  const { metadata, ...template } = said.template ?? {};
  const labels = { ...metadata?.labels, ...added };
  return {
    selector: { matchLabels: added },
    template: { ...template, metadata: { ...metadata, labels } },
  };
}

/** A CronJob has no selector, and its Jobs come and go: what tells its pods is what its template says. */
function ofCronJob(spec: object): Said {
  const { jobTemplate } = spec as { jobTemplate?: { spec?: { template?: V1PodTemplateSpec } } };
  const template = jobTemplate?.spec?.template;
  const labels = template?.metadata?.labels ?? {};
  const hasLabels = Object.keys(labels).length > 0;
  return { selector: hasLabels ? { matchLabels: labels } : NO_PODS, template };
}

/**
 * "WorkloadRef holds a references to a workload that provides Pod template" (argoproj.io/v1alpha1 RolloutSpec), and the
 * selector where the Rollout has none. Its controller refuses one that has a template beside that.
 */
function ofRollout(spec: object): Said {
  const said = selectorAndTemplate(spec);
  const { workloadRef } = fieldsOf(spec);
  const name = optionalTextOf(fieldsOf(workloadRef).name);
  if (!name) return said;
  return {
    selector: isEmpty(said.selector) ? NO_PODS : said.selector,
    template: undefined,
    templateOf: { kind: textOf(fieldsOf(workloadRef).kind), name, isFound: false },
  };
}

function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && !matchExpressions?.length;
}

function projectTemplate(template: V1PodTemplateSpec | undefined): PodTemplate {
  return {
    hash: hash('sha256', JSON.stringify(withoutRestart(template ?? {}))).slice(0, 16),
    labels: template?.metadata?.labels ?? {},
    annotations: keptAnnotations(template?.metadata?.annotations),
    hostNetwork: template?.spec?.hostNetwork === true,
    ports: servedPorts(template?.spec),
    use: projectTemplateUse(template),
  };
}

/** Who only has the pods made anew has not changed what makes them fail. */
function withoutRestart(template: V1PodTemplateSpec): V1PodTemplateSpec {
  const { metadata } = template;
  if (!metadata?.annotations) return template;
  const annotations = withoutRestarts(metadata.annotations);
  return { ...template, metadata: { ...metadata, annotations } } as V1PodTemplateSpec;
}
