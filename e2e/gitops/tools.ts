import { inject } from 'vitest';
import { kubectlOf } from '../harness/environment.ts';
import { Argocd, type Tracking } from './argocd/argocd.ts';
import { Flux } from './flux/flux.ts';
import type { Tool } from './tool.ts';
import { isWanted } from './wanted.ts';

const place = () => ({ kubectl: kubectlOf(inject('environment')), ...inject('gitops') });

/** Flux, whose Kustomizations wait until all is healthy; with fields of a Kustomization's spec in addition. */
export function flux(spec: object = {}): Flux {
  return new Flux(place(), spec);
}

export function argocd(tracking: Tracking, syncOptions: readonly string[] = []): Argocd {
  return new Argocd(place(), tracking, syncOptions);
}

/** Both, as they are installed by default. */
export const both = (): readonly Tool[] => [
  ...(isWanted('flux') ? [flux()] : []),
  ...(isWanted('argocd') ? [argocd('label')] : []),
];

/** Both, in every way that decides what they take for theirs. */
export const everyWay = (): readonly Tool[] => [
  ...both(),
  ...(isWanted('argocd')
    ? [argocd('annotation'), argocd('annotation+label', ['ServerSideApply=true'])]
    : []),
];
