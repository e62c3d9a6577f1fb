import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { type ReachChange, reachChanges } from '../../domain/evaluate/reach.ts';
import { policiesSelecting, policyTargets } from '../../domain/evaluate/targets.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import type { Found } from '../manifests/cluster.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import { policyDifference } from '../render/policy-difference.ts';
import type { Rendered } from '../render/rendering.ts';

/** What becomes of a workload once what is rendered is applied. */
export interface Difference {
  found: Found<Workload>;
  policy: 'new' | 'changed' | 'removed' | 'same';
  /** The policy among the manifests, and where it stands. */
  before: Found<NetworkPolicy> | undefined;
  /** What it would be. */
  after: NetworkPolicy | undefined;
  /** Why the policy is not rendered, as a reason in CamelCase. */
  why: string | undefined;
  /** Who may connect, where that changes; undefined where policies of other kinds have a say. */
  changes: readonly ReachChange[] | undefined;
}

/** Compares what is rendered with the policies among the manifests. What is held stays as it is. */
export function differenceOf(rendered: Rendered, snapshots: Snapshots): Difference {
  const { value } = rendered.found;
  const snapshot = snapshots.snapshotOf(value);
  const own = snapshots.committed(value);
  const committed = own?.value;
  const before = snapshots.policiesInForce(snapshot, value);
  const others = before.filter((each) => each !== committed);
  const after = { policy: ruleOf(rendered, value), none: undefined, held: committed }[
    rendered.kind
  ];
  const { tieredPolicies, pluginPolicies } = snapshot;
  const all = { networkPolicies: before, tieredPolicies, pluginPolicies };
  const [target] = policyTargets(value, snapshot.namespace, snapshot.pods, all);
  if (!target) throw new RangeError('a workload has at least one pod, or a template');
  const selecting = policiesSelecting(all, [target]);
  const isOthers = selecting.tieredPolicies.length > 0 || selecting.pluginPolicies.length > 0;
  const changes = reachChanges(before, after ? [...others, after] : others, target);
  return {
    found: rendered.found,
    policy: changeOf(committed, after),
    before: own,
    after,
    why: rendered.kind === 'policy' ? undefined : rendered.why,
    changes: isOthers && changes.length > 0 ? undefined : changes,
  };
}

/** The rendered policy where its workload is. */
function ruleOf(rendered: Rendered, { namespace }: Workload): NetworkPolicy | undefined {
  if (rendered.kind !== 'policy') return undefined;
  const { policy } = rendered;
  return { ...policy, metadata: { ...policy.metadata, namespace } };
}

function changeOf(
  before: NetworkPolicy | undefined,
  after: NetworkPolicy | undefined,
): Difference['policy'] {
  if (before === undefined) return after === undefined ? 'same' : 'new';
  if (after === undefined) return 'removed';
  return policyDifference(before.spec, after.spec) === undefined ? 'same' : 'changed';
}
