import { type PolicyTarget, podSelectors } from '../evaluate/targets.ts';
import { awaitedLabels } from '../preflight/awaited-labels.ts';
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
 * to come. Where one is ready the program has had its chance, as with Services.
 *
 * @returns one for each such selector, by its labels
 */
export function awaitedTargets({ snapshot, workload }: OptedIn): AwaitedTarget[] {
  const isAnyReady = snapshot.selected.some(({ ready, hostNetwork }) => ready && !hostNetwork);
  if (isAnyReady) return [];
  const { selector, template } = workload;
  const toCome = { owner: workload, selector, labels: template.labels };
  const { policies: networkPolicies, tieredPolicies } = snapshot;
  const found = podSelectors({ networkPolicies, tieredPolicies }).flatMap((asking) => {
    const awaiting = awaitedLabels(asking, toCome);
    if (!awaiting) return [];
    const target = {
      namespace: workload.namespace,
      namespaceLabels: snapshot.namespace.labels,
      // What controllers add is asked for, too.
      labels: { ...template.labels, ...asking.matchLabels, ...awaiting.example },
      annotations: template.annotations,
      ports: template.ports,
    };
    return [[awaiting.labels, { target, labels: awaiting.labels }] as const];
  });
  return [...new Map(found).values()].sort((a, b) => (a.labels < b.labels ? -1 : 1));
}
