import { inject } from 'vitest';
import { kubectlOf } from '../harness/environment.ts';
import { Flux } from './flux/flux.ts';
import type { Tool } from './tool.ts';

/** Flux, whose Kustomizations wait until all is healthy; with fields of a Kustomization's spec in addition. */
export function flux(spec: object = {}): Flux {
  return new Flux({ kubectl: kubectlOf(inject('environment')), ...inject('gitops') }, spec);
}

/** The tools that each scenario is shown with. */
export const tools = (): readonly Tool[] => [flux()];
