import { expect, test } from 'vitest';
import { keptBy } from './keeper.ts';

const kept = (fields: object) => keptBy({ name: 'portlock-controller-manager', ...fields });
const flux = (prefix: string) => ({
  labels: { [`${prefix}/name`]: 'infra', [`${prefix}/namespace`]: 'flux-system' },
});
const helm = {
  'meta.helm.sh/release-name': 'lock',
  'meta.helm.sh/release-namespace': 'portlock-system',
};
const argo = {
  'argocd.argoproj.io/tracking-id':
    'infra:apps/Deployment:portlock-system/portlock-controller-manager',
};

test.each([
  [
    flux('kustomize.toolkit.fluxcd.io'),
    'the Kustomization flux-system/infra of Flux keeps it, and puts it back: take it out there first',
  ],
  [
    // Flux's Helm leaves the marks of Helm, too.
    { ...flux('helm.toolkit.fluxcd.io'), annotations: helm },
    'the HelmRelease flux-system/infra of Flux keeps it, and puts it back: take it out there first',
  ],
  [
    { annotations: argo },
    'the Application infra of Argo CD keeps it, and puts it back: take it out there first',
  ],
  [
    { annotations: helm },
    'it is of a Helm release, which Helm goes on listing: helm uninstall lock --namespace portlock-system takes that away',
  ],
])('whoever installed with %j is told', (fields, words) => {
  expect(kept(fields)).toBe(words);
});

test.each([{}, { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }])(
  'nobody is told of with %j',
  (fields) => {
    expect(kept(fields)).toBeUndefined();
  },
);
