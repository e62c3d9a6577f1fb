import { isNoPods, type Workload } from './workload.ts';

/**
 * A Rollout with the template of the workload that it refers to, and with its selector where the Rollout has none; any other
 * workload as it is. While there is nothing under that name the template stays unknown, and `templateOf` says so.
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
  const { templateOf: _, ...known } = workload;
  return {
    ...known,
    selector: isNoPods(selector) ? lender.selector : selector,
    template: lender.template,
  };
}
