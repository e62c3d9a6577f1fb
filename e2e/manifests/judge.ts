import { decide } from '../../src/domain/decide.ts';
import { selectorMatches } from '../../src/domain/match/label-selector.ts';
import type { PreflightFinding } from '../../src/domain/preflight/preflight.ts';
import type { ClusterUsage } from '../../src/domain/preflight/usage.ts';
import { conditionOf } from '../../src/domain/report/conditions.ts';
import type { SelectedPod } from '../../src/domain/snapshot.ts';
import { WORKLOAD_KINDS, type Workload } from '../../src/domain/workload/workload.ts';
import { projectPod, projectPolicy } from '../../src/kube/projections.ts';
import { projectWorkload } from '../../src/kube/workload-projection.ts';
import { snapshot } from '../../src/testing/builders.ts';
import { clusterUsage, type Wire } from '../../src/testing/preflight-manifests.ts';
import type { Rendered } from './rendered.ts';

/** What portlock would do with a workload on the day that it is labelled `portlock.dev/mode=enforce`. */
export interface Judged {
  workload: Workload;
  /** The reason of the condition PolicyInSync; undefined where the policy is applied at once. */
  waitsFor: string | undefined;
  /** Whether another policy selects the pods and allows more than they declare, so that ours has no effect. */
  isWidened: boolean;
  /** What pre-flight finds, whatever it waits for. */
  findings: readonly PreflightFinding[];
}

/** Judges every workload of an application, with all its other objects as the cluster. */
export function judge({ application, objects }: Rendered): Judged[] {
  const wires = objects.map((wire) => inNamespace(wire, application.namespace));
  const byKind = Map.groupBy(wires, ({ kind }) => kind);
  const usage = clusterUsage((kind) => byKind.get(kind) ?? []);
  const running = WORKLOAD_KINDS.flatMap((kind) =>
    (byKind.get(kind) ?? []).map((wire) => ({
      workload: { ...projectWorkload(kind)(wire), mode: 'enforce' },
      pod: podOf(wire),
    })),
  );
  return running.map(({ workload }) => {
    // Its own pod is its template; those of others count where they carry the same labels.
    const selected = running
      .filter((each) => each.workload !== workload)
      .map(({ pod }) => pod)
      .filter((pod) => isSelected(pod, workload));
    return judgeOne(workload, selected, usage, (byKind.get('NetworkPolicy') ?? []) as object[]);
  });
}

function judgeOne(
  workload: Workload,
  selected: readonly SelectedPod[],
  usage: ClusterUsage,
  policies: readonly object[],
): Judged {
  const plan = decide(
    snapshot({
      key: workload,
      workload,
      pods: [],
      selected,
      usage,
      policies: policies
        .map((wire) => projectPolicy(wire))
        .filter(({ metadata }) => metadata.namespace === workload.namespace),
    }),
  );
  const report = plan.report.do === 'ensure' ? plan.report.report : undefined;
  const applies = plan.policy.do === 'apply';
  const waitsFor = applies ? undefined : conditionOf(report, 'PolicyInSync')?.reason;
  const isWidened = (report?.status?.policies ?? []).some(({ effect }) => effect === 'Widens');
  return { workload, waitsFor, isWidened, findings: plan.found.findings };
}

/** The pod that the workload's template makes. */
function podOf({ kind, metadata, spec }: Wire): SelectedPod {
  const { jobTemplate } = (spec ?? {}) as { jobTemplate?: { spec?: { template?: object } } };
  const template = (jobTemplate?.spec?.template ?? spec?.template ?? {}) as {
    metadata?: object;
    spec?: object;
  };
  const ownNames = { namespace: metadata?.namespace, name: metadata?.name };
  const pod = projectPod({ ...template, metadata: { ...template.metadata, ...ownNames } });
  return { ...pod, owner: `${kind}/${pod.name}` };
}

function isSelected(pod: SelectedPod, { namespace, selector }: Workload): boolean {
  return pod.namespace === namespace && selectorMatches(selector, pod.labels);
}

function inNamespace(wire: Wire, namespace: string): Wire {
  return {
    ...wire,
    metadata: { ...wire.metadata, namespace: wire.metadata?.namespace ?? namespace },
  };
}
