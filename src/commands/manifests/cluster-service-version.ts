import { entriesOf, fieldsOf, identityOf, textMapOf } from '../../kube/wire-fields.ts';
import type { PathSegment, Wire } from './manifest.ts';

/**
 * The Deployments that OLM makes of a ClusterServiceVersion, each with its place in it: "deployments … name, label, spec"
 * (operators.coreos.com/v1alpha1 StrategyDetailsDeployment).
 */
export function deploymentsOf(wire: Wire): { wire: Wire; path: readonly PathSegment[] }[] {
  const { namespace } = identityOf(wire);
  if (isCopy(wire)) return [];
  const { deployments } = fieldsOf(fieldsOf(fieldsOf(wire.spec).install).spec);
  return entriesOf(deployments).map((each, index) => {
    const { name, label, spec } = fieldsOf(each);
    const metadata = { name, ...(namespace !== '' && { namespace }), labels: textMapOf(label) };
    return {
      wire: { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec },
      path: ['spec', 'install', 'spec', 'deployments', index],
    };
  });
}

/** OLM copies one into each namespace that its operator sees to, with a label that names where it came from; it installs nothing there. */
function isCopy({ metadata }: Wire): boolean {
  return Object.hasOwn(fieldsOf(fieldsOf(metadata).labels), 'olm.copiedFrom');
}

/** Whether OLM installs what an object says. */
export function isClusterServiceVersion({ apiVersion, kind }: Wire): boolean {
  return kind === 'ClusterServiceVersion' && apiVersion.startsWith('operators.coreos.com/');
}
