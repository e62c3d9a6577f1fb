import { textOf } from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Annotations of a Service that have somebody in the cluster connect to it for clients elsewhere: "tailscale.com/expose:
 * \"true\"" (Tailscale's operator), and "service.cilium.io/global: \"true\"" of Cilium's Cluster Mesh, once `io.cilium/global-service`.
 */
const PROXIED: Readonly<Record<string, string>> = {
  'tailscale.com/expose': "Tailscale's proxy",
  'service.cilium.io/global': 'a pod of another cluster',
  'io.cilium/global-service': 'a pod of another cluster',
};

/** "service.cilium.io/shared: "false"" keeps its pods to the own cluster. */
const SHARED = ['service.cilium.io/shared', 'io.cilium/shared-service'];

/** Who connects in others' stead, for example `Tailscale's proxy`; undefined where no annotation tells of anybody. */
export function serviceProxy(annotations: Fields): string | undefined {
  const [key] = Object.keys(PROXIED).filter((each) => textOf(annotations[each]) === 'true');
  if (key === undefined) return undefined;
  const isKept = SHARED.some((each) => textOf(annotations[each]) === 'false');
  return isKept && key.includes('cilium') ? undefined : PROXIED[key];
}
