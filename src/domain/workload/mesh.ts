import { ISTIO_INJECT, ISTIO_REDIRECTION, LINKERD_INJECT } from './read-annotations.ts';
import type { Namespace, Pod, Workload } from './workload.ts';

/** A service mesh that takes the pods' connections before the containers do. */
export interface Mesh {
  reason: 'IstioSidecar' | 'IstioAmbient' | 'Linkerd';
  /** Why a connection proves nothing here. */
  message: string;
  /** The port by which the mesh brings its traffic; none where that comes by the pods' own ports. */
  port?: number;
}

const ISTIO_SIDECAR: Mesh = {
  reason: 'IstioSidecar',
  message: 'The Istio sidecar accepts connections on every port, whether anything listens or not',
};
const ISTIO_AMBIENT: Mesh = {
  reason: 'IstioAmbient',
  message:
    'Istio ambient brings the traffic of the mesh by port 15008, where a NetworkPolicy cannot tell the ports of the pods apart',
  port: 15_008,
};
const LINKERD: Mesh = {
  reason: 'Linkerd',
  message:
    'The Linkerd proxy brings the traffic of the mesh by port 4143, where a NetworkPolicy cannot tell the ports of the pods apart',
  port: 4143,
};

const AMBIENT_MODE = 'istio.io/dataplane-mode';

/**
 * The meshes that any of the pods are in, as a rule one. Live pods show it by the proxy among their containers, or by what the
 * mesh wrote on them; where there are none, the template's and the namespace's labels and annotations
 * tell what their pods will be.
 */
export function meshesOf(workload: Workload, namespace: Namespace, pods: readonly Pod[]): Mesh[] {
  const live = pods.filter((pod) => pod.live);
  const found = new Set(
    live.length > 0 ? live.map(meshOfPod) : [meshToCome(workload.template, namespace)],
  );
  return [ISTIO_SIDECAR, ISTIO_AMBIENT, LINKERD].filter((mesh) => found.has(mesh));
}

/**
 * The mesh that a rollout will bring: the template has a mark of its own that no live pod has. One that live
 * pods have, and that did nothing to them, does nothing to the next ones.
 */
export function meshOfRollout({ template }: Workload, pods: readonly Pod[]): Mesh | undefined {
  const live = pods.filter((pod) => pod.live);
  const isMarkedLike = (pod: Pod) =>
    pod.labels[AMBIENT_MODE] === template.labels[AMBIENT_MODE] &&
    pod.labels[ISTIO_INJECT] === template.labels[ISTIO_INJECT] &&
    pod.annotations[LINKERD_INJECT] === template.annotations[LINKERD_INJECT];
  if (live.length === 0 || live.some(isMarkedLike)) return undefined;
  return meshToCome(template, { labels: {}, annotations: {} });
}

function meshOfPod({ use, annotations }: Pod): Mesh | undefined {
  if (use.containers.includes('istio-proxy')) return ISTIO_SIDECAR;
  if (use.containers.includes('linkerd-proxy')) return LINKERD;
  // "enabled: traffic to and from this pod is captured" (Istio's annotation reference)
  return annotations[ISTIO_REDIRECTION] === 'enabled' ? ISTIO_AMBIENT : undefined;
}

type Marked = Pick<Namespace, 'labels' | 'annotations'>;

/** By the rules of the injectors: a pod's own word counts before its namespace's. */
function meshToCome(template: Marked, namespace: Marked): Mesh | undefined {
  const linkerd = template.annotations[LINKERD_INJECT] ?? namespace.annotations[LINKERD_INJECT];
  if (linkerd === 'enabled' || linkerd === 'ingress') return LINKERD;
  const inject = template.labels[ISTIO_INJECT] ?? template.annotations[ISTIO_INJECT];
  const byNamespace =
    namespace.labels['istio-injection'] === 'enabled' ||
    (namespace.labels['istio-injection'] === undefined &&
      namespace.labels['istio.io/rev'] !== undefined);
  if (inject === 'true' || (inject !== 'false' && byNamespace)) return ISTIO_SIDECAR;
  const mode = template.labels[AMBIENT_MODE] ?? namespace.labels[AMBIENT_MODE];
  return mode === 'ambient' ? ISTIO_AMBIENT : undefined;
}
