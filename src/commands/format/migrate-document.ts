import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { Comparison, Migration } from '../migrate/migration.ts';
import { stepsOf } from '../migrate/steps.ts';
import { changeDocument } from './diff-document.ts';

const WORDS: Readonly<Record<Comparison, string>> = {
  same: 'Same',
  wider: 'Wider',
  narrower: 'Narrower',
  different: 'Different',
};

/**
 * Migrations as plain data, for JSON and YAML: every field is always there, `null` where nothing is known. Fields may be
 * added; none changes its meaning or goes within `v1alpha1`.
 * @param isolated what policies isolate besides
 */
export function migrateDocument(
  migrations: readonly Migration[],
  isolated: ReadonlyMap<NetworkPolicy, string>,
): object {
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'MigrateResult',
    workloads: migrations.map(({ found: { value, manifest }, policies, outcome }) => ({
      kind: value.kind,
      namespace: value.namespace,
      name: value.name,
      file: manifest.file,
      line: manifest.line,
      policies: policies.map(({ metadata }) => metadata.name),
      asIs: outcome ? WORDS[outcome.asIs] : null,
      annotations: outcome?.annotations ?? null,
      annotated: outcome ? WORDS[outcome.annotated] : null,
      ports: outcome?.changes.map(changeDocument) ?? null,
    })),
    steps: stepsOf(migrations, isolated),
  };
}
