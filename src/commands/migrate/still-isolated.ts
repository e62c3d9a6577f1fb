import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { selectsPod } from '../../domain/evaluate/network-policy.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import type { ManifestCluster } from '../manifests/cluster.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import type { Migration } from './migration.ts';

/**
 * Of the policies that migrations are about, those that isolate something else as well, by what that is: workloads that
 * they close to everybody, and pods of no workload. No policy of portlock's would stand there in their place.
 */
export function stillIsolated(
  migrations: readonly Migration[],
  { workloads }: Pick<ManifestCluster, 'workloads'>,
  snapshots: Snapshots,
): ReadonlyMap<NetworkPolicy, string> {
  const migrated = new Set(migrations.map(({ found }) => found));
  const left = workloads
    .filter((each) => !migrated.has(each) && !snapshots.committed(each.value))
    .map(({ value }) => value);
  const policies = new Set(migrations.flatMap((each) => each.policies));
  const concerned = new Set([...policies].map(({ metadata }) => metadata.namespace));
  const byNamespace = Map.groupBy(
    left
      .filter(({ namespace }) => concerned.has(namespace))
      .map((workload) => ({ workload, labels: labelsOfPods(workload, snapshots) })),
    ({ workload }) => workload.namespace,
  );
  return new Map(
    [...policies].flatMap((policy): [NetworkPolicy, string][] => {
      const { namespace = '' } = policy.metadata;
      const { workload } =
        byNamespace
          .get(namespace)
          ?.find(({ labels }) => labels.some((each) => selectsPod(policy, each))) ?? {};
      if (workload) return [[policy, `${workload.kind} ${workload.name}`]];
      const [pod] = snapshots.podsOfNoWorkload(namespace, policy.spec.podSelector);
      return pod ? [[policy, `Pod ${pod.name}`]] : [];
    }),
  );
}

/** Those of the pods on the pod network that the template makes, and of those that are there. */
function labelsOfPods(
  workload: Workload,
  snapshots: Snapshots,
): Readonly<Record<string, string>>[] {
  const live = snapshots
    .snapshotOf(workload)
    .pods.filter((pod) => pod.live && !pod.hostNetwork)
    .map(({ labels }) => labels);
  return workload.template.hostNetwork ? live : [workload.template.labels, ...live];
}
