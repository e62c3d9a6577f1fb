import type { LabelSelector } from '../../api/kubernetes.ts';
import { type PodOwner, selectorOfTemplate } from '../workload/controller-labels.ts';
import { awaitedLabels, type PodsToCome } from './awaited-labels.ts';
import type { LabelIndex } from './label-index.ts';
import type { PodShape } from './pod-shape.ts';

/** Finds the pods that a selector leads to. */
export type Selection = (selector: LabelSelector) => Selected;

export interface Selected {
  shapes: readonly PodShape[];
  /** For the end of a user's name: which labels the pods have to get before; empty where none. */
  once: string;
}

const NONE: Selected = { shapes: [], once: '' };

/** Those that a selector matches: the pods that are there, or where it matches none of them, the one that is to come. */
export function selectedShapes(pods: LabelIndex<PodShape>, owner: PodOwner): Selection {
  return (selector) => {
    const matching = pods.matching(selector);
    if (matching.length > 0) return { shapes: matching, once: '' };
    const toCome = selectorOfTemplate(selector, owner);
    return toCome ? { shapes: pods.matching(toCome), once: '' } : NONE;
  };
}

/** Those to which a selector leads that leads to none so: once they have labels that a program may put on them. */
export function awaitedShapes(
  pods: LabelIndex<PodShape>,
  toCome: PodsToCome,
  selected: Selection,
): Selection {
  return (selector) => {
    const awaiting = awaitedLabels(selector, toCome);
    if (!awaiting || selected(selector).shapes.length > 0) return NONE;
    return { shapes: pods.matching(awaiting.rest), once: ` (once a pod has ${awaiting.labels})` };
  };
}
