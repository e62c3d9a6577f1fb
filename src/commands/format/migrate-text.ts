import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { visible } from '../../domain/text/visible-text.ts';
import type { Migration } from '../migrate/migration.ts';
import { stepsOf } from '../migrate/steps.ts';
import { changeLines } from './diff-text.ts';

/**
 * What replacing policies by portlock's means, workload by workload, and the steps in their order.
 * @param isolated what policies isolate besides
 */
export function migrateText(
  migrations: readonly Migration[],
  isolated: ReadonlyMap<NetworkPolicy, string>,
): string {
  if (migrations.length === 0) return '';
  const steps = stepsOf(migrations, isolated).map((step, index) => `  ${index + 1}. ${step}`);
  return [...migrations.flatMap(migrationLines), '', 'In this order:', ...steps]
    .map((line) => `${visible(line)}\n`)
    .join('');
}

function migrationLines({ found, policies, outcome }: Migration): string[] {
  const { value, manifest } = found;
  const names = policies.map(({ metadata }) => metadata.name).join(', ');
  const head = `${value.kind} ${value.namespace}/${value.name} (${manifest.file}:${manifest.line}), isolated by ${names}:`;
  if (outcome === undefined)
    return [`${head} cannot be told, as policies of other kinds have a say`];
  const { asIs, annotations, annotated, changes } = outcome;
  return [
    `${head} ${asIs} as it is`,
    ...Object.entries(annotations).map(([key, text]) => `  ${key}: ${JSON.stringify(text)}`),
    `  ${annotated === 'same' ? 'the same' : `${annotated}, still,`} with ${Object.keys(annotations).length > 1 ? 'these' : 'this'}`,
    ...changes.flatMap(changeLines),
  ];
}
