import type { LabelSelector, Protocol } from '../../api/kubernetes.ts';
import type { TemplateUse } from './template-use.ts';

/** The kinds of workloads that can opt in, each with the API version in which it is read and referred to. */
export const WORKLOAD_API_VERSIONS = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Rollout: 'argoproj.io/v1alpha1',
} as const;
export type WorkloadKind = keyof typeof WORKLOAD_API_VERSIONS;
export const WORKLOAD_KINDS = Object.keys(WORKLOAD_API_VERSIONS) as WorkloadKind[];

/** Whether a reference names a workload of that kind. */
export function isOfKind(
  kind: WorkloadKind,
  reference: { apiVersion: string; kind: string } | undefined,
): boolean {
  return kind === reference?.kind && WORKLOAD_API_VERSIONS[kind] === reference.apiVersion;
}

/** A port that a container declares. `container` is empty for one that only an annotation declares. */
export interface ContainerPort {
  port: number;
  protocol: Protocol;
  name?: string;
  container: string;
  /** The port of the node that leads to it, where one does. */
  hostPort?: number;
}

/** What portlock needs of a workload: a selector, a template, and the keys by which its owner opts in. */
export interface Workload {
  apiVersion: string;
  kind: WorkloadKind;
  namespace: string;
  name: string;
  uid: string;
  generation: number;
  /** The value of its own portlock.dev/mode label; undefined where there is none. */
  mode: string | undefined;
  /** Annotations under portlock.dev/, by full key. */
  annotations: Readonly<Record<string, string>>;
  /** `NO_PODS` where nothing tells its pods from others. */
  selector: LabelSelector;
  /** How many pods it is to have; absent where its kind does not say. */
  replicas?: number;
  template: PodTemplate;
  /** The object of another kind that controls it, for example `CassandraDatacenter dc1`; absent where none does. */
  controlledBy?: string;
  /** Whose template a Rollout has that has none of its own. */
  templateOf?: TemplateReference;
}

/** A workload that lends its template to a Rollout of its namespace. */
export interface TemplateReference {
  kind: string;
  name: string;
  /** Whether the template is there; it is an empty one where not. */
  isFound: boolean;
}

/** Matches no pod whatever: what no policy is to be about. */
export const NO_PODS: LabelSelector = {
  matchExpressions: [
    { key: 'portlock.dev/mode', operator: 'Exists' },
    { key: 'portlock.dev/mode', operator: 'DoesNotExist' },
  ],
};

/** Whether a selector is `NO_PODS`. */
export function isNoPods({ matchExpressions: asked = [] }: LabelSelector): boolean {
  const { matchExpressions: never = [] } = NO_PODS;
  return never.every(({ key, operator }) =>
    asked.some((each) => each.key === key && each.operator === operator),
  );
}

export interface PodTemplate {
  /** A hash of all of it but when it was restarted: another one is another template. */
  hash: string;
  labels: Readonly<Record<string, string>>;
  /** Only the annotations that portlock reads. */
  annotations: Readonly<Record<string, string>>;
  hostNetwork: boolean;
  ports: readonly ContainerPort[];
  use: TemplateUse;
}

/** What portlock needs of a pod. */
export interface Pod {
  namespace: string;
  name: string;
  uid: string;
  labels: Readonly<Record<string, string>>;
  /** Only the annotations that portlock reads. */
  annotations: Readonly<Record<string, string>>;
  /** The controlling owner: a ReplicaSet, StatefulSet, DaemonSet, Job, or nothing. */
  ownerUid: string | undefined;
  ownerKind: string | undefined;
  ownerName: string | undefined;
  /** The revision of the template, by the label that its controller puts on the pods; what they are made of where it puts none. */
  templateHash: string;
  /** A hash of what runs in it: pods of one listen alike as far as anybody can know. */
  madeOf: string;
  node: string;
  ips: readonly string[];
  ready: boolean;
  /** When it last became ready, or ceased to be, in milliseconds since the epoch; 0 where that is not known. */
  readySince: number;
  /** It was asked to end, and does so. */
  terminating: boolean;
  /** Neither finished nor failed: its containers run, or will. */
  live: boolean;
  hostNetwork: boolean;
  ports: readonly ContainerPort[];
  use: TemplateUse;
}

/**
 * What portlock needs of a ReplicaSet or Job that another workload controls: the link between its pods and
 * that workload. It is no workload of its own.
 */
export interface Intermediate {
  kind: WorkloadKind;
  namespace: string;
  name: string;
  uid: string;
  labels: Readonly<Record<string, string>>;
  ownerUid: string;
  ownerKind: string;
  ownerName: string;
}

/** Whether an object is the link to another workload. */
export function isIntermediate(object: Workload | Intermediate): object is Intermediate {
  return 'ownerUid' in object;
}

/** Whether an object is a workload of its own. */
export function isWorkload(object: Workload | Intermediate): object is Workload {
  return !isIntermediate(object);
}

/** What portlock needs of a Namespace: the labels, by which selectors match it and owners opt in. */
export interface Namespace {
  name: string;
  labels: Readonly<Record<string, string>>;
  /** Only the annotations that portlock reads. */
  annotations: Readonly<Record<string, string>>;
  /** It is being deleted, with all that is in it. */
  terminating?: true;
}
