import type { LabelSelector } from '../../api/kubernetes.ts';
import { meshesOf } from './mesh.ts';
import type { Namespace, Workload } from './workload.ts';

type Labels = Readonly<Record<string, string>>;

const TLS_MODE = 'security.istio.io/tlsMode';
const CANONICAL_NAME = 'service.istio.io/canonical-name';
const CANONICAL_REVISION = 'service.istio.io/canonical-revision';
const LINKERD_CONTROL_PLANE = 'linkerd.io/control-plane-ns';
const LINKERD_WORKLOAD = 'linkerd.io/workload-ns';
const LINKERD_PROXY = 'linkerd.io/proxy-';

/**
 * The labels of pods to come once the injector of a mesh has seen them: Istio's, by the defaults of its injection template,
 * and Linkerd's, whose control plane is taken to be in the namespace `linkerd`. What the template says itself stays.
 *
 * @returns undefined where no such mesh is known to take them in
 */
export function labelsByMesh(workload: Workload, namespace: Namespace): Labels | undefined {
  const { labels } = workload.template;
  const meshes = new Set(meshesOf(workload, namespace, []).map(({ reason }) => reason));
  if (meshes.has('IstioSidecar'))
    return {
      [TLS_MODE]: 'istio',
      [CANONICAL_NAME]: labels['app.kubernetes.io/name'] ?? labels.app ?? workload.name,
      [CANONICAL_REVISION]: labels['app.kubernetes.io/version'] ?? labels.version ?? 'latest',
      ...labels,
    };
  if (meshes.has('Linkerd'))
    return {
      ...labels,
      [LINKERD_CONTROL_PLANE]: 'linkerd',
      [LINKERD_WORKLOAD]: workload.namespace,
      [`${LINKERD_PROXY}${workload.kind.toLowerCase()}`]: workload.name,
    };
  return undefined;
}

/** What a selector asks for beside such labels. */
export function selectorWithoutMesh({ matchLabels, matchExpressions }: LabelSelector) {
  return {
    matchLabels: Object.fromEntries(
      Object.entries(matchLabels ?? {}).filter(([key]) => !isByMesh(key)),
    ),
    matchExpressions: (matchExpressions ?? []).filter((each) => !each || !isByMesh(each.key)),
  };
}

const KEYS = new Set([
  TLS_MODE,
  CANONICAL_NAME,
  CANONICAL_REVISION,
  LINKERD_CONTROL_PLANE,
  LINKERD_WORKLOAD,
]);

function isByMesh(key: string): boolean {
  return KEYS.has(key) || key.startsWith(LINKERD_PROXY);
}
