import { pluginPolicyName } from '../../domain/evaluate/plugin-policies.ts';
import { tieredPolicyName } from '../../domain/evaluate/read-tiered-policy.ts';
import { objectKey } from '../../kube/resource.ts';
import type { ManifestCluster } from '../manifests/cluster.ts';
import { clusterOf } from '../manifests/cluster-of.ts';
import { readInput } from '../manifests/read-input.ts';
import type { ReadManifests } from '../manifests/read-manifests.ts';
import { problemLines } from '../manifests/tell-input.ts';
import type { Streams } from '../streams.ts';
import type { Words } from '../words.ts';

/**
 * What was read, as if the policies in these files were there, too, or as they are there.
 * @param namespace of policies that say none
 */
export async function withPolicies(
  read: ReadManifests,
  files: readonly string[],
  { namespace, stdin, words }: Pick<Streams, 'stdin'> & { namespace: string; words: Words },
): Promise<ReadManifests> {
  if (files.length === 0) return read;
  const input = await readInput(files, stdin, undefined);
  const supposed = clusterOf(input.manifests, namespace);
  const problems = [...input.problems, ...supposed.problems];
  for (const each of problems) for (const line of problemLines(each)) words.tell(line);
  const { workloads } = supposed.cluster;
  if (workloads.length > 0) words.say('Of --with, only policies are looked at');
  const cluster = overlaid(read.cluster, supposed.cluster);
  return {
    cluster,
    snapshots: read.snapshots.over(cluster),
    problems: [...read.problems, ...problems],
  };
}

function overlaid(there: ManifestCluster, supposed: ManifestCluster): ManifestCluster {
  return {
    ...there,
    policies: replaced(there.policies, supposed.policies, ({ value: { metadata } }) =>
      objectKey(metadata),
    ),
    tieredPolicies: replaced(there.tieredPolicies, supposed.tieredPolicies, tieredPolicyName),
    pluginPolicies: replaced(there.pluginPolicies, supposed.pluginPolicies, pluginPolicyName),
  };
}

function replaced<T>(there: readonly T[], supposed: readonly T[], keyOf: (each: T) => string): T[] {
  const keys = new Set(supposed.map(keyOf));
  return [...there.filter((each) => !keys.has(keyOf(each))), ...supposed];
}
