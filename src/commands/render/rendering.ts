import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { renderedPolicy } from '../../domain/policy/policy.ts';
import { hasOptedIn, modeLabel } from '../../domain/workload/mode.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import { decisionFindings } from '../audit/decision-findings.ts';
import type { Finding } from '../audit/finding.ts';
import { servesNobody } from '../audit/serves-nobody.ts';
import { compareText } from '../compare-text.ts';
import type { Found, ManifestCluster } from '../manifests/cluster.ts';
import { judge, judgeEnforced } from '../manifests/judge.ts';
import type { Snapshots } from '../manifests/snapshots.ts';

/** What becomes of the policy of a workload. */
export type Rendered =
  /** It is to be this one. */
  | { kind: 'policy'; found: Found<Workload>; policy: NetworkPolicy }
  /** There is to be none. `why` is a reason in CamelCase, as conditions have it. */
  | { kind: 'none'; found: Found<Workload>; why: string }
  /** Something stands against it; what is there stays. */
  | { kind: 'held'; found: Found<Workload>; why: string };

/** What follows from manifests. */
export interface Rendering {
  /** By namespace and name of the workload, whatever the order of the input. */
  workloads: readonly Rendered[];
  /** In the order of files and lines. */
  findings: readonly Finding[];
}

export const NOT_OPTED_IN = 'NotOptedIn';
/** Nothing is missing: that such a workload has no policy is as it should be. */
export const NOTHING_TO_ALLOW = 'NothingToAllow';

/** Which workloads get a policy: those that the operator would give one, or all that do not say off. */
export type Scope = 'optedIn' | 'all';

/** Decides about every workload as the operator would. */
export function renderAll(
  { workloads }: ManifestCluster,
  snapshots: Snapshots,
  scope: Scope,
): Rendering {
  const findings: Finding[] = [];
  const rendered = workloads.toSorted(byName).map((found): Rendered => {
    const { value } = found;
    const namespace = snapshots.namespace(value.namespace);
    const label = modeLabel(value, namespace);
    const isIn = scope === 'all' ? label !== 'off' : hasOptedIn(value, namespace);
    if (!isIn) return { kind: 'none', found, why: NOT_OPTED_IN };
    const snapshot = snapshots.snapshotOf(value);
    const judged = scope === 'all' ? judgeEnforced(snapshot, value) : judge(snapshot, value);
    for (const each of decisionFindings(found, judged)) findings.push(each);
    const { intent } = judged;
    if (intent.kind === 'apply') {
      const policy = renderedPolicy(intent.policy);
      return { kind: 'policy', found, policy: found.hasNamespace ? policy : anywhere(policy) };
    }
    const why = servesNobody(judged) ? NOTHING_TO_ALLOW : intent.reason;
    return { kind: intent.kind === 'remove' ? 'none' : 'held', found, why };
  });
  return { workloads: rendered, findings: findings.sort(byPlace) };
}

/** As its workload, it is where whoever applies it says. */
function anywhere(policy: NetworkPolicy): NetworkPolicy {
  return { ...policy, metadata: { name: policy.metadata.name } };
}

function byName({ value: a }: Found<Workload>, { value: b }: Found<Workload>): number {
  return (
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name) ||
    compareText(a.kind, b.kind)
  );
}

function byPlace(a: Finding, b: Finding): number {
  return compareText(a.file, b.file) || a.line - b.line || compareText(a.id, b.id);
}
