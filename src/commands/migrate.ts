import type { NetworkPolicy } from '../api/kubernetes.ts';
import { countOf } from './count-of.ts';
import { migrateDocument } from './format/migrate-document.ts';
import { migrateText } from './format/migrate-text.ts';
import { jsonText, yamlText } from './format/structured.ts';
import type { ReadManifests } from './manifests/read-manifests.ts';
import { type ThereFlags, withThere } from './manifests/read-there.ts';
import { type Migration, migrationOf } from './migrate/migration.ts';
import { stillIsolated } from './migrate/still-isolated.ts';
import type { Streams } from './streams.ts';
import { Words } from './words.ts';

/** The arguments of `portlock migrate`, parsed. */
export interface MigrateFlags extends ThereFlags {
  output: 'table' | 'json' | 'yaml';
}

/**
 * Compares the NetworkPolicies that are there with those that portlock would keep in their place.
 * @returns the exit code: 0 portlock's allow the same, 1 some differ, 2 something could not be read or told
 * @throws CommandError: it could not even be tried, in one line
 */
export async function runMigrate(
  flags: MigrateFlags,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const words = new Words({ isQuiet: flags.quiet }, streams);
  return withThere(flags, { streams, words, signal }, (read) =>
    migrate(read, flags, streams, words),
  );
}

async function migrate(
  { cluster, snapshots, problems }: ReadManifests,
  flags: MigrateFlags,
  streams: Streams,
  words: Words,
): Promise<number> {
  const migrations = cluster.workloads.flatMap((found) => migrationOf(found, snapshots) ?? []);
  const isolated = stillIsolated(migrations, cluster, snapshots);
  await streams.stdout(formatted(migrations, isolated, flags));
  const same = migrations.filter(({ outcome }) => outcome?.annotated === 'same').length;
  words.say(
    `${countOf(cluster.workloads.length, 'workload')}: ${migrations.length} isolated by policies that let somebody in, ${same} of them the same by annotations`,
  );
  const isUnknown = migrations.some(({ outcome }) => outcome === undefined);
  if (problems.length > 0 || isUnknown) return 2;
  return same < migrations.length ? 1 : 0;
}

function formatted(
  migrations: readonly Migration[],
  isolated: ReadonlyMap<NetworkPolicy, string>,
  { output }: MigrateFlags,
): string {
  switch (output) {
    case 'json':
      return jsonText(migrateDocument(migrations, isolated));
    case 'yaml':
      return yamlText(migrateDocument(migrations, isolated));
    default:
      return migrateText(migrations, isolated);
  }
}
