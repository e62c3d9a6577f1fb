import { isNoPods, type Workload } from './workload.ts';

type Named = Pick<Workload, 'name' | 'templateOf'> & { kind: string };

/**
 * A Rollout with the template of the workload that it refers to, and with its selector where the Rollout has none; any other
 * workload as it is. While there is nothing under that name the template is unknown.
 *
 * @param find looks a workload of the Rollout's namespace up
 */
export function withTemplate(
  workload: Workload,
  find: (reference: { kind: string; namespace: string; name: string }) => Workload | undefined,
): Workload {
  const { templateOf, selector, namespace } = workload;
  if (templateOf === undefined) return workload;
  const lender = find({ ...templateOf, namespace });
  // A Rollout lends none: it would have to look further, perhaps for ever.
  if (!lender || lender.templateOf) return workload;
  return {
    ...workload,
    selector: isNoPods(selector) ? lender.selector : selector,
    template: lender.template,
    templateOf: { ...templateOf, isFound: true },
  };
}

/** Whether two workloads of a namespace have one template, so that each selects the other's pods as it is meant to. */
export function sharesTemplate(a: Named, b: Named): boolean {
  const [lenderOfA, lenderOfB] = [a.templateOf ?? a, b.templateOf ?? b];
  return lenderOfA.kind === lenderOfB.kind && lenderOfA.name === lenderOfB.name;
}
