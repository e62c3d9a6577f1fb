import type { Reach, ReachChange } from '../../domain/evaluate/reach.ts';
import { policyName } from '../../domain/workload/object-names.ts';
import type { Difference } from '../diff/differences.ts';

const POLICY = { new: 'New', changed: 'Changed', removed: 'Removed', same: 'Same' };

/**
 * Differences as plain data, for JSON and YAML: every field is always there, `null` where nothing is known. Fields may be
 * added; none changes its meaning or goes within `v1alpha1`.
 */
export function diffDocument(differences: readonly Difference[]): object {
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'DiffResult',
    workloads: differences.map(({ found, policy, why, changes }) => ({
      kind: found.value.kind,
      namespace: found.value.namespace,
      name: found.value.name,
      file: found.manifest.file,
      line: found.manifest.line,
      policy: { name: policyName(found.value), change: POLICY[policy], reason: why ?? null },
      ports: changes?.map(changeDocument) ?? null,
    })),
  };
}

/** Who may connect to ports before and after. */
export function changeDocument({ protocol, first, last, before, after }: ReachChange): object {
  return {
    first,
    last,
    protocol,
    before: reachDocument(before),
    after: reachDocument(after),
  };
}

function reachDocument(reach: Reach): object {
  return reach === 'everybody'
    ? { everybody: true, from: null }
    : { everybody: false, from: reach };
}
