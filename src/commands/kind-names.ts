import type { WorkloadKind } from '../domain/workload/workload.ts';

/** A kind that a person may name on a command line. */
export type NamedKind = 'Pod' | WorkloadKind;

/** The names that kubectl takes for a kind, without the API group. */
const KINDS: Readonly<Record<string, NamedKind>> = {
  pod: 'Pod',
  pods: 'Pod',
  po: 'Pod',
  deployment: 'Deployment',
  deployments: 'Deployment',
  deploy: 'Deployment',
  statefulset: 'StatefulSet',
  statefulsets: 'StatefulSet',
  sts: 'StatefulSet',
  daemonset: 'DaemonSet',
  daemonsets: 'DaemonSet',
  ds: 'DaemonSet',
  replicaset: 'ReplicaSet',
  replicasets: 'ReplicaSet',
  rs: 'ReplicaSet',
  job: 'Job',
  jobs: 'Job',
  cronjob: 'CronJob',
  cronjobs: 'CronJob',
  cj: 'CronJob',
  rollout: 'Rollout',
  rollouts: 'Rollout',
  ro: 'Rollout',
};

/** As kubectl takes it behind a kind, with a version or without. */
const API_GROUP = /\.(v1\.)?(apps|batch)$|\.(v1alpha1\.)?argoproj\.io$/;

/** The kind that is called so; undefined where none is. */
export function kindNamed(text: string): NamedKind | undefined {
  const name = text.toLowerCase().replace(API_GROUP, '');
  return Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
}
