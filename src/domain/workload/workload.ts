import type { LabelSelector, Protocol } from '../../api/kubernetes.ts';
import type { TemplateUse } from './template-use.ts';

/** The kinds of workloads that can opt in. */
export const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** A port that a container declares. `container` is empty for one that only an annotation declares. */
export interface ContainerPort {
  port: number;
  protocol: Protocol;
  name?: string;
  container: string;
  /** The port of the node that leads to it, where one does. */
  hostPort?: number;
}

/**
 * What portlock needs of a Deployment, StatefulSet or DaemonSet: a selector, a template, and the
 * keys by which its owner opts in.
 */
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
  selector: LabelSelector;
  /** How many pods it is to have; absent where its kind does not say. */
  replicas?: number;
  template: PodTemplate;
}

export interface PodTemplate {
  /** A hash of all of it: another one is another template. */
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
  /** The revision of the template: pod-template-hash or controller-revision-hash. */
  templateHash: string;
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

/** What portlock needs of a ReplicaSet: the link between a pod and its Deployment. */
export interface ReplicaSet {
  namespace: string;
  name: string;
  uid: string;
  labels: Readonly<Record<string, string>>;
  ownerUid: string | undefined;
  ownerKind: string | undefined;
  ownerName: string | undefined;
}

/** What portlock needs of a Namespace: the labels, by which selectors match it and owners opt in. */
export interface Namespace {
  name: string;
  labels: Readonly<Record<string, string>>;
  /** Only the annotations that portlock reads. */
  annotations: Readonly<Record<string, string>>;
}
