import type { ObjectMeta } from '../../api/object-meta.ts';

/** Labels that Flux puts on what it applies, beside those of the namespace. */
const FLUX = {
  Kustomization: 'kustomize.toolkit.fluxcd.io',
  HelmRelease: 'helm.toolkit.fluxcd.io',
} as const;
const ARGO_TRACKING = 'argocd.argoproj.io/tracking-id';
const HELM_RELEASE = 'meta.helm.sh/release-name';
const HELM_NAMESPACE = 'meta.helm.sh/release-namespace';

/**
 * What is to be said of who installed an object: one that heals puts it back, and Helm goes on listing its release. Undefined
 * where nobody left a mark.
 */
export function keptBy({ labels = {}, annotations = {} }: ObjectMeta): string | undefined {
  for (const [kind, prefix] of Object.entries(FLUX)) {
    const name = labels[`${prefix}/name`];
    if (name !== undefined)
      return putsBack(`the ${kind} ${labels[`${prefix}/namespace`] ?? ''}/${name} of Flux`);
  }
  const [application] = (annotations[ARGO_TRACKING] ?? '').split(':');
  if (application) return putsBack(`the Application ${application} of Argo CD`);
  const release = annotations[HELM_RELEASE];
  if (release === undefined) return undefined;
  const place = annotations[HELM_NAMESPACE] ?? '';
  return `it is of a Helm release, which Helm goes on listing: helm uninstall ${release} --namespace ${place} takes that away`;
}

function putsBack(who: string): string {
  return `${who} keeps it, and puts it back: take it out there first`;
}
