import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { MODE_LABEL } from '../../api/names.ts';
import { matchesEverything } from '../../domain/match/label-selector.ts';
import { policyName } from '../../domain/workload/object-names.ts';
import type { Migration } from './migration.ts';

/**
 * What to do, in an order in which the pods are never open to more than before and after: policies add up, so portlock's come
 * first, and one of the old goes once all the workloads that it isolates have theirs. Where portlock's would
 * not be the same, everything stays.
 *
 * @param isolated what policies isolate besides, and would open where they go
 */
export function stepsOf(
  migrations: readonly Migration[],
  isolated: ReadonlyMap<NetworkPolicy, string>,
): string[] {
  const ready = migrations.filter(isSame);
  const annotate = ready.map(({ found: { value }, outcome }) => {
    const annotations = Object.entries(outcome?.annotations ?? {}).map(
      ([key, text]) => `${key}: ${JSON.stringify(text)}`,
    );
    return `${value.kind} ${value.namespace}/${value.name}: annotate ${annotations.join(', ')}; label ${MODE_LABEL}: enforce`;
  });
  const wait = ready.map(
    ({ found: { value } }) =>
      `wait until NetworkPolicy ${value.namespace}/${policyName(value)} is there, or commit what portlock render makes`,
  );
  const old = new Map<NetworkPolicy, Migration[]>();
  for (const each of migrations)
    for (const policy of each.policies) old.set(policy, [...(old.get(policy) ?? []), each]);
  return [...annotate, ...wait, ...[...old].map((each) => removing(each, isolated.get(each[0])))];
}

function isSame({ outcome }: Migration): boolean {
  return outcome?.annotated === 'same';
}

function removing(
  [{ metadata, spec }, migrations]: [NetworkPolicy, Migration[]],
  isolated: string | undefined,
): string {
  const name = `NetworkPolicy ${metadata.namespace}/${metadata.name}`;
  const blocked = migrations.find((each) => !isSame(each))?.found.value;
  if (blocked)
    return `keep ${name}: for ${blocked.kind} ${blocked.name} no annotation says the same`;
  if (matchesEverything(spec.podSelector))
    return `keep ${name}: it isolates every pod of the namespace, those to come too`;
  if (isolated !== undefined)
    return `keep ${name}: it isolates ${isolated}, too, for which there is no policy of portlock's`;
  const isEgress = spec.egress !== undefined || spec.policyTypes?.includes('Egress');
  return isEgress
    ? `${name}: take Ingress out of policyTypes, and keep what it says of egress`
    : `delete ${name}`;
}
