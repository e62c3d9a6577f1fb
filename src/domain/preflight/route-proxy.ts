import type { Protocol } from '../../api/kubernetes.ts';
import { ANYBODY, podsOf, type Source } from './source.ts';
import type { Route, RouteKind } from './usage.ts';

/** Who follows a route, and how it names a port. */
export interface ProxyOfRoute {
  /** Its pods run in a namespace that no route tells, or on nobody's network but the nodes'. */
  source: Source;
  protocol: Protocol;
  /**
   * - `ofService`: a port of the Service, by its number or name;
   * - `ofHost`: the same, by the host of the Service: of a headless one a port of the pods;
   * - `ofServiceOrAll`: the same; where none is named, any may be meant;
   * - `ofEndpoints`: by the name of the Service's port or by the number on the pods; all where none is named.
   */
  ports: 'ofService' | 'ofHost' | 'ofServiceOrAll' | 'ofEndpoints';
}

/** Who follows this one. */
export function proxyOf({ kind, byMesh }: Route): ProxyOfRoute {
  const proxy = PROXIES[kind];
  return byMesh ? { ...proxy, source: ANYBODY } : proxy;
}

const GATEWAY = proxy('the gateway');
const TRAEFIK = proxy('Traefik');
const KONG = proxy('Kong');
/** "The KubernetesServiceResolver … uses the Kubernetes DNS" as a rule (Emissary docs, resolvers). */
const EMISSARY: ProxyOfRoute = { ...proxy('Emissary'), ports: 'ofHost' };

const PROXIES: Readonly<Record<RouteKind, ProxyOfRoute>> = {
  HTTPRoute: GATEWAY,
  GRPCRoute: GATEWAY,
  TCPRoute: GATEWAY,
  TLSRoute: GATEWAY,
  UDPRoute: { ...GATEWAY, protocol: 'UDP' },
  IngressRoute: TRAEFIK,
  IngressRouteTCP: TRAEFIK,
  IngressRouteUDP: { ...TRAEFIK, protocol: 'UDP' },
  TraefikService: TRAEFIK,
  HTTPProxy: proxy("Contour's Envoy"),
  // "The target port on pods selected by the service this route points to. If this is a string, it will be looked up as a
  // named port in the target endpoints port list" (route.openshift.io/v1 RoutePort targetPort); a number is looked up there, too.
  Route: { ...proxy("OpenShift's router"), ports: 'ofEndpoints' },
  // "If a service exposes only a single port it is not required to explicitly select the port"; of several, that of the
  // listener is taken (networking.istio.io Destination port).
  VirtualService: { ...proxy("Istio's gateway"), ports: 'ofServiceOrAll' },
  TCPIngress: KONG,
  UDPIngress: { ...KONG, protocol: 'UDP' },
  Mapping: EMISSARY,
  TCPMapping: EMISSARY,
  RouteGroup: proxy('Skipper'),
};

function proxy(whose: string): ProxyOfRoute {
  return { source: podsOf(whose), protocol: 'TCP', ports: 'ofService' };
}
