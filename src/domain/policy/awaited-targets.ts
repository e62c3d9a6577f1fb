import { type PolicyTarget, podSelectors } from '../evaluate/targets.ts';
import { awaitedLabels } from '../preflight/awaited-labels.ts';
import { labelsByMesh } from '../workload/mesh-labels.ts';
import type { OptedIn } from './opted-in.ts';

/** A pod as it may be once a program has put labels on it. */
export interface AwaitedTarget {
  target: PolicyTarget;
  /** What it gets, as selectors are written. */
  labels: string;
}

/**
 * Before a pod is ready nobody knows what programs and injectors will put on it. A policy that asks for all that the
 * workload's own selector does, and for labels that the template lacks, is about no pods but these: it may isolate those
 * to come. Where one is ready the program has had its chance, as with Services. What the injector of a known mesh puts
 * on all pods counts whatever else a policy asks for.
 *
 * @returns that of the mesh, and one for each such selector, by its labels
 */
export function awaitedTargets({ snapshot, workload }: OptedIn): AwaitedTarget[] {
  const isAnyReady = snapshot.selected.some(({ ready, hostNetwork }) => ready && !hostNetwork);
  if (isAnyReady) return [];
  const { selector, template } = workload;
  const toCome = { owner: workload, selector, labels: template.labels };
  const { policies: networkPolicies, tieredPolicies, namespace } = snapshot;
  const targetWith = (labels: PolicyTarget['labels']) => ({
    namespace: workload.namespace,
    namespaceLabels: namespace.labels,
    labels,
    annotations: template.annotations,
    ports: template.ports,
  });
  const found = podSelectors({ networkPolicies, tieredPolicies }).flatMap((asking) => {
    const awaiting = awaitedLabels(asking, toCome);
    if (!awaiting) return [];
    // What controllers add is asked for, too.
    const labels = { ...template.labels, ...asking.matchLabels, ...awaiting.example };
    const target = targetWith(labels);
    return [[awaiting.labels, { target, labels: awaiting.labels }] as const];
  });
  const byMesh = labelsByMesh(workload, namespace);
  const injected = byMesh ? [{ target: targetWith(byMesh), labels: 'the labels of its mesh' }] : [];
  const byPrograms = new Map(found).values().toArray();
  return [...injected, ...byPrograms.sort((a, b) => (a.labels < b.labels ? -1 : 1))];
}
