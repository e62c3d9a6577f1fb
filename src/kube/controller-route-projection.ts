import { serviceNamed } from '../domain/preflight/external-name.ts';
import type { BackendRef, GatewayRouteKind, Route, RouteKind } from '../domain/preflight/usage.ts';
import { emissaryService } from './emissary-service.ts';
import { serviceAtUrl } from './service-url.ts';
import type { OnMalformed } from './shape.ts';
import {
  entriesOf,
  fieldsOf,
  identityOf,
  optionalTextOf,
  portNumberOf,
  portReferenceOf,
  textOf,
} from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Routes of other controllers than those of the Gateway API. */
export type ControllerRouteKind = Exclude<RouteKind, GatewayRouteKind>;

/** What differs between the backends that are kept of one route; more no proxy would serve. */
const MAXIMUM_BACKENDS = 1024;

/**
 * Projects a route to Services: each backend that differs from the others once. Never throws; more backends than are
 * kept are told.
 */
export function projectControllerRoute(
  kind: ControllerRouteKind,
): (wire: object, onMalformed: OnMalformed) => Route {
  return (wire, onMalformed) => {
    const spec = fieldsOf(fieldsOf(wire).spec);
    const all = BACKENDS[kind](spec).map((each) => [JSON.stringify(each), each] as const);
    const backends = [...new Map(all).values()];
    if (backends.length > MAXIMUM_BACKENDS)
      onMalformed(`spec (more than ${MAXIMUM_BACKENDS} backends)`);
    return {
      kind,
      ...identityOf(wire),
      backends: backends.slice(0, MAXIMUM_BACKENDS),
      ...(kind === 'VirtualService' && isOfMesh(spec) && { byMesh: true }),
    };
  };
}

/** By kind, what a route sends connections to, with repetitions. */
const BACKENDS: Readonly<Record<ControllerRouteKind, (spec: Fields) => BackendRef[]>> = {
  IngressRoute: traefikRoutes,
  IngressRouteTCP: traefikRoutes,
  IngressRouteUDP: traefikRoutes,
  TraefikService: traefikService,
  HTTPProxy: httpProxy,
  Route: openShiftRoute,
  VirtualService: virtualService,
  TCPIngress: kongRules,
  UDPIngress: kongRules,
  Mapping: mapping,
  TCPMapping: mapping,
  RouteGroup: routeGroup,
};

function listed(list: unknown): Fields[] {
  return entriesOf(list).map(fieldsOf);
}

function backend(fields: Partial<BackendRef>): BackendRef {
  return {
    group: undefined,
    kind: undefined,
    namespace: undefined,
    name: '',
    port: undefined,
    ...fields,
  };
}

function traefikRoutes({ routes }: Fields): BackendRef[] {
  return listed(routes).flatMap(({ services }) => listed(services).map(traefikBackend));
}

/** "Port defines the port of a Kubernetes Service. This can be a reference to a named port" (traefik.io/v1alpha1 Service). */
function traefikBackend({ kind, namespace, name, port }: Fields): BackendRef {
  return backend({
    kind: optionalTextOf(kind),
    namespace: optionalTextOf(namespace),
    name: textOf(name),
    port: portReferenceOf(port),
  });
}

function traefikService({ weighted, mirroring, highestRandomWeight }: Fields): BackendRef[] {
  const mirrored = fieldsOf(mirroring);
  return [
    mirrored,
    ...listed(mirrored.mirrors),
    ...listed(fieldsOf(weighted).services),
    ...listed(fieldsOf(highestRandomWeight).services),
  ].map(traefikBackend);
}

/**
 * What an include brings has backends of its own, in its own namespace. "HealthPort is the port for this service healthcheck.
 * If not specified, Port is used" (projectcontour.io/v1 Service).
 */
function httpProxy({ routes, tcpproxy, virtualhost }: Fields): BackendRef[] {
  const ofRoutes = [...listed(routes), fieldsOf(tcpproxy)]
    .flatMap(({ services }) => listed(services))
    .flatMap(({ name, port, healthPort }) =>
      [port, ...(healthPort === undefined ? [] : [healthPort])].map((each) =>
        backend({ name: textOf(name), port: portNumberOf(each) }),
      ),
    );
  return [...ofRoutes, ...listed(fieldsOf(virtualhost).jwtProviders).flatMap(keySet)];
}

/** "The URI for the JWKS", which Envoy fetches (projectcontour.io/v1 RemoteJWKS uri). */
function keySet({ remoteJWKS }: Fields): BackendRef[] {
  const service = serviceAtUrl(textOf(fieldsOf(remoteJWKS).uri));
  return service ? [backend(service)] : [];
}

/** "alternateBackends allows up to 3 additional backends to be assigned to the route" (route.openshift.io/v1 RouteSpec). */
function openShiftRoute({ to, alternateBackends, port }: Fields): BackendRef[] {
  const { targetPort } = fieldsOf(port);
  return [fieldsOf(to), ...listed(alternateBackends)].map(({ kind, name }) =>
    backend({
      kind: optionalTextOf(kind),
      name: textOf(name),
      port: portReferenceOf(targetPort),
    }),
  );
}

/** Mirrors too; what a delegate brings has destinations of its own. */
function virtualService({ http, tls, tcp }: Fields): BackendRef[] {
  const ofHttp = listed(http).flatMap(({ route, mirror, mirrors }) => [
    ...destinations(route),
    ...(mirror === undefined ? [] : [fieldsOf(mirror)]),
    ...destinations(mirrors),
  ]);
  const others = [...listed(tls), ...listed(tcp)].flatMap(({ route }) => destinations(route));
  return [...ofHttp, ...others].map(destination);
}

function destinations(list: unknown): Fields[] {
  return listed(list).map((each) => fieldsOf(each.destination));
}

/**
 * "When short names are used … Istio will interpret the short name based on the namespace of the rule, not the service"
 * (networking.istio.io Destination host): one without a dot.
 */
function destination({ host, port }: Fields): BackendRef {
  const text = textOf(host);
  const named = text.includes('.') ? serviceNamed(text) : { name: text };
  return backend({ ...named, port: portNumberOf(fieldsOf(port).number) });
}

/**
 * "The reserved word mesh is used to imply all the sidecars in the mesh. When this field is omitted, the default gateway
 * (mesh) will be used"; hosts "must be empty for a delegate VirtualService", which follows whatever its root says
 * (networking.istio.io VirtualService).
 */
function isOfMesh({ hosts, gateways }: Fields): boolean {
  return entriesOf(hosts).length > 0 && entriesOf(gateways).every((each) => each === 'mesh');
}

function kongRules({ rules }: Fields): BackendRef[] {
  return listed(rules).map((rule) => {
    const { serviceName, servicePort } = fieldsOf(rule.backend);
    return backend({ name: textOf(serviceName), port: portNumberOf(servicePort) });
  });
}

function mapping({ service, tls }: Fields): BackendRef[] {
  const found = emissaryService(textOf(service), tls !== undefined && tls !== false);
  return found ? [backend(found)] : [];
}

/** "type: service", beside networks and Skipper's own (RouteGroup backends). */
function routeGroup({ backends }: Fields): BackendRef[] {
  return listed(backends)
    .filter(({ type }) => type === 'service')
    .map(({ serviceName, servicePort }) =>
      backend({ name: textOf(serviceName), port: portNumberOf(servicePort) }),
    );
}
