import type { Manifest } from './installation.ts';
import { printed } from './printed.ts';

const BANNER = '# Generated from config/ and crds/ by `npm run generate`. Do not edit.\n';
/** What others need comes first: a namespace before what is in it, an account before its pods. */
const ORDER = [
  'Namespace',
  'CustomResourceDefinition',
  'ServiceAccount',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'Deployment',
  'PodDisruptionBudget',
];

/** The installation in one file, for `kubectl apply -f`. */
export function installYaml(manifests: readonly Manifest[]): string {
  const rank = ({ document }: Manifest) => {
    const kind = String(document.get('kind'));
    const index = ORDER.indexOf(kind);
    if (index === -1) throw new Error(`say when a ${kind} is to be installed`);
    return index;
  };
  const sorted = manifests.toSorted((one, other) => rank(one) - rank(other));
  return BANNER + sorted.map(({ document }) => `---\n${printed(document)}`).join('');
}
