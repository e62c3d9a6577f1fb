import type { Widening } from '../../domain/snapshot.ts';
import { CommandError } from '../command-error.ts';
import type { Streams } from '../streams.ts';
import type { Words } from '../words.ts';
import { buildFolder } from './build-folder.ts';
import type { ManifestCluster } from './cluster.ts';
import { clusterOf } from './cluster-of.ts';
import type { Manifest, Problem } from './manifest.ts';
import { readInput } from './read-input.ts';
import { Snapshots } from './snapshots.ts';
import { tellInput } from './tell-input.ts';

/** The arguments of all commands that read manifests instead of a cluster. */
export interface ManifestFlags {
  /** Files, folders, `-` for stdin. */
  paths: readonly string[];
  /** Of objects that do not say theirs. */
  namespace: string;
  /** Whether charts and kustomizations are built by the programs that are made for them. */
  build?: boolean;
  operatorNamespace: string;
  widening: Widening;
}

/** What was read, as decisions need it. */
export interface ReadManifests {
  cluster: ManifestCluster;
  snapshots: Snapshots;
  problems: readonly Problem[];
}

/**
 * Reads manifests, and says what of them could not be read.
 *
 * @param isInput whether an object is to be looked at
 * @throws CommandError where no path is given
 */
export async function readManifests(
  { paths, namespace, build, operatorNamespace, widening }: ManifestFlags,
  { stdin }: Pick<Streams, 'stdin'>,
  words: Words,
  isInput: (manifest: Manifest) => boolean = () => true,
): Promise<ReadManifests> {
  if (paths.length === 0)
    throw new CommandError('name files or folders with manifests, or - for stdin');
  const input = await readInput(paths, stdin, build ? buildFolder : undefined);
  const read = clusterOf(input.manifests.filter(isInput), namespace);
  const problems = tellInput(input, read, words);
  const snapshots = new Snapshots(read.cluster, {
    namespace: operatorNamespace,
    widening,
    now: 0,
  });
  return { cluster: read.cluster, snapshots, problems };
}
