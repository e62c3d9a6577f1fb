import { OVN_LOGICAL_SWITCH, OVN_SECURITY_GROUPS } from '../../api/names.ts';

/** Annotations of other programs that say how traffic gets to a pod: what a mesh or a plugin does with it. */
export const ISTIO_INJECT = 'sidecar.istio.io/inject';
export const ISTIO_REDIRECTION = 'ambient.istio.io/redirection';
export const LINKERD_INJECT = 'linkerd.io/inject';
export const LINKERD_INBOUND_PORT = 'config.linkerd.io/inbound-port';
export const CONSUL_INJECT = 'consul.hashicorp.com/connect-inject';
export const CONSUL_SERVICES = 'consul.hashicorp.com/connect-service';
export const CILIUM_VISIBILITY = 'policy.cilium.io/proxy-visibility';

const FOREIGN: ReadonlySet<string> = new Set([
  ISTIO_INJECT,
  ISTIO_REDIRECTION,
  LINKERD_INJECT,
  LINKERD_INBOUND_PORT,
  CONSUL_INJECT,
  CONSUL_SERVICES,
  CILIUM_VISIBILITY,
  OVN_SECURITY_GROUPS,
  OVN_LOGICAL_SWITCH,
]);

/** Whether portlock reads an annotation: all others are left out of what it keeps. */
export function isReadAnnotation(key: string): boolean {
  return key.startsWith('portlock.dev/') || FOREIGN.has(key);
}
