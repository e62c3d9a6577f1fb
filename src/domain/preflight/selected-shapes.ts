import type { LabelSelector } from '../../api/kubernetes.ts';
import { type PodOwner, selectorOfTemplate } from '../workload/controller-labels.ts';
import type { LabelIndex } from './label-index.ts';
import type { PodShape } from './pod-shape.ts';

/** The pods that a selector matches: those that are there, or where it matches none of them, the one that is to come. */
export function selectedShapes(
  selector: LabelSelector,
  pods: LabelIndex<PodShape>,
  owner: PodOwner,
): readonly PodShape[] {
  const matching = pods.matching(selector);
  if (matching.length > 0) return matching;
  const toCome = selectorOfTemplate(selector, owner);
  return toCome ? pods.matching(toCome) : [];
}
