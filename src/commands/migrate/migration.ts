import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { PROBER_POD_LABELS } from '../../api/names.ts';
import { type ReachChange, reachChanges } from '../../domain/evaluate/reach.ts';
import {
  isolatingPolicies,
  type PolicyTarget,
  policiesSelecting,
  policyTargets,
} from '../../domain/evaluate/targets.ts';
import { buildPolicy } from '../../domain/policy/policy.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { canonicalJson } from '../../domain/text/canonical.ts';
import { sameJson } from '../../domain/text/same-json.ts';
import { covers } from '../../domain/workload/sources.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import type { Found } from '../manifests/cluster.ts';
import { type Judged, judgeEnforced } from '../manifests/judge.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import { annotationsFor } from './annotations.ts';
import { reachedParts, sourcesOfReach } from './reached-parts.ts';

/** How portlock's policy compares with those that are there. */
export type Comparison = 'same' | 'wider' | 'narrower' | 'different';

/** What it means to replace the policies of a workload by portlock's. */
export interface Migration {
  found: Found<Workload>;
  /** Those that isolate the pods today, by name. */
  policies: readonly NetworkPolicy[];
  /** Undefined where policies of other kinds have a say, so that nobody can tell. */
  outcome: Outcome | undefined;
}

export interface Outcome {
  /** As the workload is. */
  asIs: Comparison;
  /** The annotations that come nearest to what is allowed today. */
  annotations: Readonly<Record<string, string>>;
  /** With these. */
  annotated: Comparison;
  /** What would still be another with them. */
  changes: readonly ReachChange[];
}

/**
 * Compares what the policies of others allow with what portlock's own would; undefined where there is nothing to take over.
 * Live pods may differ in labels, and so in the policies that isolate them: portlock's is the same for all.
 */
export function migrationOf(found: Found<Workload>, snapshots: Snapshots): Migration | undefined {
  const { value } = found;
  const snapshot = snapshots.snapshotOf(value);
  const { tieredPolicies, pluginPolicies, policies: networkPolicies, namespace } = snapshot;
  const all = { networkPolicies, tieredPolicies, pluginPolicies };
  const targets = policyTargets(value, namespace, snapshot.pods, all);
  if (value.template.hostNetwork) return undefined;
  const policies = isolatingPolicies(networkPolicies, targets);
  const selecting = policiesSelecting(all, targets);
  const isOthers = selecting.tieredPolicies.length > 0 || selecting.pluginPolicies.length > 0;
  // What lets nobody in is a default-deny, and nothing that a policy of portlock's could take over.
  const reached = targets.filter(
    (target) =>
      isolatingPolicies(policies, [target]).length > 0 && reachedParts(policies, target).length > 0,
  );
  const [nearest] = reached;
  if (policies.length === 0 || !(isOthers || nearest)) return undefined;
  return {
    found,
    policies,
    outcome:
      isOthers || !nearest ? undefined : outcomeOf(value, snapshot, { policies, targets, nearest }),
  };
}

/** @param told.nearest whose ports and sources the annotations name */
function outcomeOf(
  workload: Workload,
  snapshot: Snapshot,
  told: {
    policies: readonly NetworkPolicy[];
    targets: readonly PolicyTarget[];
    nearest: PolicyTarget;
  },
): Outcome {
  const { policies, targets, nearest } = told;
  const changesOf = (each: Workload) => {
    const own = ownPolicy(each, snapshot);
    const changes = targets
      .flatMap((target) => reachChanges(policies, own, target))
      .map(withoutProbes)
      .filter(({ before, after }) => !sameJson(before, after));
    return [...new Map(changes.map((change) => [canonicalJson(change), change])).values()];
  };
  const declared = judgeEnforced(snapshot, workload).asked.declared;
  const annotations = annotationsFor(reachedParts(policies, nearest), declared);
  const annotated = { ...workload, annotations: { ...workload.annotations, ...annotations } };
  const changes = changesOf(annotated);
  return {
    asIs: comparison(changesOf(workload)),
    annotations,
    annotated: comparison(changes),
    changes,
  };
}

/** Without any port there is none, and without a policy everything is open. */
function ownPolicy(workload: Workload, snapshot: Snapshot): NetworkPolicy[] {
  const judged: Judged = judgeEnforced({ ...snapshot, workload }, workload);
  const ports = [...judged.asked.declared, ...judged.asked.ranges];
  if (ports.length === 0) return [];
  return [buildPolicy(workload, ports, judged.settings.allowFrom, snapshot.prober.namespace)];
}

/** The operator's own probes are let in beside whoever allow-from names, and count for nobody. */
function withoutProbes(change: ReachChange): ReachChange {
  const { after } = change;
  if (after === 'everybody') return change;
  const isProbe = ({ podSelector }: (typeof after)[number]) =>
    sameJson(podSelector?.matchLabels, PROBER_POD_LABELS);
  return { ...change, after: after.filter((peer) => !isProbe(peer)) };
}

function comparison(changes: readonly ReachChange[]): Comparison {
  const [opens, closes] = [changes.some(isOpening), changes.some(isClosing)];
  if (opens) return closes ? 'different' : 'wider';
  return closes ? 'narrower' : 'same';
}

function isOpening({ before, after }: ReachChange): boolean {
  return before !== 'everybody' && (after === 'everybody' || isMissing(after, before));
}

function isClosing({ before, after }: ReachChange): boolean {
  if (after === 'everybody') return false;
  // Portlock's entries let in all of those whom they name.
  return before === 'everybody' || !covers(sourcesOfReach(after), sourcesOfReach(before));
}

/** Whether one of the first is none of the second. */
function isMissing(some: readonly object[], others: readonly object[]): boolean {
  const known = new Set(others.map(canonicalJson));
  return some.some((each) => !known.has(canonicalJson(each)));
}
