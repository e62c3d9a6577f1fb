import type { NetworkPolicy } from '../../src/api/kubernetes.ts';
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
import { listening, type Manifest, type SilentCut, silentCuts } from './silent-cuts.ts';

/** What portlock would do with a workload on the day that it is labelled `portlock.dev/mode=enforce`. */
export interface Judged {
  workload: Workload;
  /** The reason of the condition PolicyInSync; undefined where the policy is applied at once. */
  waitsFor: string | undefined;
  /** Whether another policy selects the pods and allows more than they declare, so that ours has no effect. */
  isWidened: boolean;
  /** What pre-flight finds, whatever it waits for. */
  findings: readonly PreflightFinding[];
  /** Where the policy is applied at once: what it closes although something else than pre-flight finds it in use. */
  silent: readonly SilentCut[];
  /** Where the policy is applied at once: the ports that it closes and that the workload seems to listen on. */
  closed: readonly number[];
}

/** Judges every workload of an application, with all its other objects as the cluster. */
export function judge({ application, objects }: Rendered): Judged[] {
  const wires = objects.map((wire) => inNamespace(wire, application.namespace));
  const byKind = Map.groupBy(wires, ({ kind }) => kind);
  const usage = clusterUsage((kind) => byKind.get(kind) ?? []);
  const running = WORKLOAD_KINDS.flatMap((kind) =>
    (byKind.get(kind) ?? []).map((wire) => ({
      wire: wire as Manifest,
      workload: { ...projectWorkload(kind)(wire), mode: 'enforce' },
      pod: podOf(wire),
    })),
  );
  return running.map(({ workload, wire }) => {
    // Its own pod is its template; those of others count where they carry the same labels.
    const selected = running
      .filter((each) => each.workload !== workload)
      .map(({ pod }) => pod)
      .filter((pod) => isSelected(pod, workload));
    const policies = (byKind.get('NetworkPolicy') ?? []) as object[];
    const { allowed, ...judged } = judgeOne(workload, selected, usage, policies);
    const told = new Set(judged.findings.map(({ port }) => Number(port)));
    if (allowed === undefined) return { ...judged, silent: [], closed: [] };
    return {
      ...judged,
      silent: silentCuts(wire, wires as Manifest[], { allowed, told }),
      closed: listening(wire, wires as Manifest[]).filter(
        (port) => !allowed.has(port) && !told.has(port),
      ),
    };
  });
}

function judgeOne(
  workload: Workload,
  selected: readonly SelectedPod[],
  usage: ClusterUsage,
  policies: readonly object[],
): Omit<Judged, 'silent' | 'closed'> & { allowed: ReadonlySet<number> | undefined } {
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
  const allowed = plan.policy.do === 'apply' ? allowedBy(plan.policy.policy) : undefined;
  const waitsFor = allowed ? undefined : conditionOf(report, 'PolicyInSync')?.reason;
  const isWidened = (report?.status?.policies ?? []).some(({ effect }) => effect === 'Widens');
  return { workload, waitsFor, isWidened, findings: plan.found.findings, allowed };
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

/** The port numbers that a policy of ours lists; declarations make no ranges. */
function allowedBy({ spec }: NetworkPolicy): ReadonlySet<number> {
  const ports = (spec.ingress ?? []).flatMap((rule) => rule.ports ?? []);
  return new Set(ports.map(({ port }) => Number(port)));
}
