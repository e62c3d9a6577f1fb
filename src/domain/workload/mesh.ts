import {
  CILIUM_VISIBILITY,
  CONSUL_INJECT,
  CONSUL_SERVICES,
  ISTIO_INJECT,
  ISTIO_REDIRECTION,
  LINKERD_INBOUND_PORT,
  LINKERD_INJECT,
} from './read-annotations.ts';
import type { ContainerPort, Namespace, Pod, Workload } from './workload.ts';

/** A service mesh that takes the pods' connections before the containers do. */
export interface Mesh {
  reason:
    | 'IstioSidecar'
    | 'IstioAmbient'
    | 'Linkerd'
    | 'Consul'
    | 'Kuma'
    | 'CiliumEnvoy'
    | 'CiliumAuthentication';
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
const LINKERD = linkerdAt(4143);
/** "ProxyDefaultInboundPort is the default inbound port for the proxy", 20000 (connect-inject constants of hashicorp/consul-k8s): no container declares it. */
const CONSUL = consulAt(20_000);
/** Its clients connect to the pods' own ports, which are redirected to the proxy inside of the pod. */
const KUMA: Mesh = {
  reason: 'Kuma',
  message:
    'The sidecar of Kuma or Kong Mesh accepts connections on every port, whether anything listens or not',
};
export const CILIUM_ENVOY: Mesh = {
  reason: 'CiliumEnvoy',
  message:
    "Cilium redirects connections to its Envoy, which accepts them in the pods' place, whether anything listens or not",
};
export const CILIUM_AUTHENTICATION: Mesh = {
  reason: 'CiliumAuthentication',
  message:
    'Cilium drops connections to the pods until the nodes of both sides have authenticated each other, so that silence proves nothing',
};
const MESHES = [
  ISTIO_SIDECAR,
  ISTIO_AMBIENT,
  LINKERD,
  CONSUL,
  KUMA,
  CILIUM_ENVOY,
  CILIUM_AUTHENTICATION,
];

const LINKERD_PROXY = 'linkerd-proxy';
/** Set by the owner of a pod or of its namespace (Kuma's and Kong Mesh's annotation reference). */
const KUMA_INJECTION = 'kuma.io/sidecar-injection';
/** Of a namespace, or of a pod in one that says nothing, which says by whom the sidecar is injected. */
const ISTIO_REVISION = 'istio.io/rev';
const AMBIENT_MODE = 'istio.io/dataplane-mode';

/**
 * The meshes that any of the pods are in, as a rule one. Live pods show it by the proxy among their containers, or by what the
 * mesh wrote on them. Where there are none, the template's and the namespace's labels and annotations
 * tell what their pods will be.
 *
 * @param ofPolicies what policies do to the pods' connections, as a mesh does
 */
export function meshesOf(
  workload: Workload,
  namespace: Namespace,
  pods: readonly Pod[],
  ofPolicies: readonly Mesh[] = [],
): Mesh[] {
  const live = pods.filter((pod) => pod.live);
  const found = new Set([
    ...(live.length > 0 ? live.map(meshOfPod) : [meshToCome(workload.template, namespace)]),
    ...ofPolicies,
  ]);
  return MESHES.filter((mesh) => found.has(mesh)).flatMap((mesh) => {
    if (mesh === LINKERD) return linkerdOf(workload.template, namespace, live);
    return mesh === CONSUL ? consulOf(workload.template, live) : [mesh];
  });
}

/**
 * A pod of several Consul services has a dataplane for each, and each a port of its own: "ProxyDefaultInboundPort +
 * mpi.serviceIndex" (consulDataplaneSidecar of hashicorp/consul-k8s).
 */
function consulOf({ annotations }: Marked, live: readonly Pod[]): Mesh[] {
  const said = (annotations[CONSUL_SERVICES] ?? '').split(',').length;
  const there = live.map(({ use }) => use.containers.filter(isDataplane).length);
  const most = live.length > 0 ? Math.max(...there) : said;
  return Array.from({ length: Math.min(most, MOST_DATAPLANES) }, (_, index) =>
    index === 0 ? CONSUL : consulAt(20_000 + index),
  );
}

/** Far more than any pod has. */
const MOST_DATAPLANES = 32;

function isDataplane(container: string): boolean {
  return /^consul-dataplane(-|$)/.test(container);
}

function consulAt(port: number) {
  return {
    reason: 'Consul' as const,
    message: `The Consul dataplane brings the traffic of the mesh by port ${port}, where a NetworkPolicy cannot tell the ports of the pods apart`,
    port,
  };
}

/** The proxy of a live pod declares its port, by the name `linkerd-proxy` (Linkerd's partials.proxy). */
function linkerdOf(template: Marked, namespace: Marked, live: readonly Pod[]): Mesh[] {
  const said = portSaid(template) ?? portSaid(namespace) ?? LINKERD.port;
  const ports = live
    .filter((pod) => meshOfPod(pod) === LINKERD)
    .map((pod) => pod.ports.find(isInboundPort)?.port ?? said);
  return [...new Set(live.length > 0 ? ports : [said])].map(linkerdAt);
}

function isInboundPort({ container, name }: ContainerPort): boolean {
  return container === LINKERD_PROXY && name === 'linkerd-proxy';
}

/** "Proxy port to use for inbound traffic" (Linkerd's proxy configuration). */
function portSaid({ annotations }: Marked): number | undefined {
  const text = annotations[LINKERD_INBOUND_PORT] ?? '';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function linkerdAt(port: number) {
  return {
    reason: 'Linkerd' as const,
    message: `The Linkerd proxy brings the traffic of the mesh by port ${port}, where a NetworkPolicy cannot tell the ports of the pods apart`,
    port,
  };
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
    pod.labels[KUMA_INJECTION] === template.labels[KUMA_INJECTION] &&
    pod.annotations[LINKERD_INJECT] === template.annotations[LINKERD_INJECT] &&
    pod.annotations[CONSUL_INJECT] === template.annotations[CONSUL_INJECT];
  if (live.length === 0 || live.some(isMarkedLike)) return undefined;
  const mesh = meshToCome(template, { labels: {}, annotations: {} });
  // The policy has the port of its proxy with the first pod, which declares it.
  return mesh === LINKERD ? undefined : mesh;
}

function meshOfPod({ use, annotations }: Pod): Mesh | undefined {
  if (use.containers.includes('istio-proxy')) return ISTIO_SIDECAR;
  if (use.containers.includes(LINKERD_PROXY)) return LINKERD;
  if (use.containers.includes('kuma-sidecar')) return KUMA;
  // A pod of several Consul services has a dataplane for each, with the service's name behind.
  if (use.containers.some(isDataplane)) return CONSUL;
  // "<Ingress/80/TCP/HTTP>": until Cilium 1.15 an annotation alone redirected a port (pkg/policy/visibility.go).
  if (annotations[CILIUM_VISIBILITY]?.includes('<Ingress/')) return CILIUM_ENVOY;
  // "enabled: traffic to and from this pod is captured" (Istio's annotation reference)
  return annotations[ISTIO_REDIRECTION] === 'enabled' ? ISTIO_AMBIENT : undefined;
}

type Marked = Pick<Namespace, 'labels' | 'annotations'>;

/** By the rules of the injectors: a pod's own word counts before its namespace's. */
function meshToCome(template: Marked, namespace: Marked): Mesh | undefined {
  const linkerd = template.annotations[LINKERD_INJECT] ?? namespace.annotations[LINKERD_INJECT];
  if (linkerd === 'enabled' || linkerd === 'ingress') return LINKERD;
  // As Go's strconv.ParseBool reads it (connect-inject webhook of hashicorp/consul-k8s).
  if (/^(1|t|T|TRUE|true|True)$/.test(template.annotations[CONSUL_INJECT] ?? '')) return CONSUL;
  const kuma = template.labels[KUMA_INJECTION] ?? namespace.labels[KUMA_INJECTION];
  if (kuma === 'enabled' || kuma === 'true') return KUMA;
  const inject = template.labels[ISTIO_INJECT] ?? template.annotations[ISTIO_INJECT];
  const byNamespace =
    namespace.labels['istio-injection'] === 'enabled' ||
    (namespace.labels['istio-injection'] === undefined &&
      (namespace.labels[ISTIO_REVISION] ?? template.labels[ISTIO_REVISION]) !== undefined);
  if (inject === 'true' || (inject !== 'false' && byNamespace)) return ISTIO_SIDECAR;
  const mode = template.labels[AMBIENT_MODE] ?? namespace.labels[AMBIENT_MODE];
  return mode === 'ambient' ? ISTIO_AMBIENT : undefined;
}
