import { isNoPods, type Workload } from '../workload/workload.ts';
import type { Asked } from './asked.ts';
import type { OptedIn } from './opted-in.ts';

/** Why it cannot be said which pods a policy would be about. */
export interface UntoldPods {
  reason: 'TemplateNotFound' | 'NoPodLabels' | 'PodLabelsShared';
  message: string;
}

const TEMPLATE_LABELS = 'spec.jobTemplate.spec.template.metadata.labels';

/** Where nothing tells a workload's pods: no policy can be made. */
export function untoldPods({
  kind,
  namespace,
  name,
  selector,
  templateOf,
}: Workload): UntoldPods | undefined {
  if (templateOf && !templateOf.isFound) {
    const lender = `${templateOf.kind} ${namespace}/${templateOf.name}`;
    return {
      reason: 'TemplateNotFound',
      message: `The ${kind} has the template of ${lender}, which is not there or is of a kind that is not read; create it, or correct spec.workloadRef`,
    };
  }
  if (!isNoPods(selector)) return undefined;
  return {
    reason: 'NoPodLabels',
    message: `A ${kind} has no selector, and no label tells its pods from others; set ${labelOf(name)} in ${TEMPLATE_LABELS}`,
  };
}

/**
 * A CronJob has no selector that the API keeps apart from others': before a first policy its pods' labels must be
 * those of nobody else. Whoever comes later is named, as with every selector.
 */
export function sharedPodLabels(
  { workload: { kind, name }, own: { inForce } }: OptedIn,
  { otherOwners }: Pick<Asked, 'otherOwners'>,
): UntoldPods | undefined {
  if (kind !== 'CronJob' || otherOwners.length === 0 || inForce) return undefined;
  const others = `${otherOwners.slice(0, 3).join(', ')}${otherOwners.length > 3 ? ` and ${otherOwners.length - 3} more` : ''}`;
  return {
    reason: 'PodLabelsShared',
    message: `A ${kind} has no selector, and pods of ${others} have the labels of its own pods, too; add ${labelOf(name)} to ${TEMPLATE_LABELS}`,
  };
}

/** One that hardly anybody else sets. */
function labelOf(name: string): string {
  return `cronjob-name: ${name}`;
}
