import { type PortUse, usesFrom } from './port-use.ts';
import { type ReachedServices, usesOfEndpoints, usesThrough } from './reached-service.ts';
import { type ProxyOfRoute, proxyOf } from './route-proxy.ts';
import type { BackendRef, Route } from './usage.ts';

/**
 * "Port is required when the referent is a Kubernetes Service. In this case, the port number is the
 * service port number, not the target port" (Gateway API BackendObjectReference port). Routes of other controllers name a
 * Service and its port in the same way, OpenShift's aside.
 *
 * A weight of 0, by which "no traffic should be forwarded", counts: it is how a canary begins. So
 * does a reference to another namespace without a ReferenceGrant, or whatever else a controller asks for: the permission may
 * come any time, and the Service itself is found either way.
 */
export function routeUses(
  routes: readonly Route[],
  namespace: string,
  services: ReachedServices,
): PortUse[] {
  return routes.flatMap((route) =>
    usesFrom(usesOfRoute(route, namespace, services), route.namespace, namespace),
  );
}

function usesOfRoute(route: Route, namespace: string, services: ReachedServices): PortUse[] {
  const proxy = proxyOf(route);
  const by = `${route.kind} ${route.namespace}/${route.name}`;
  return route.backends
    .filter((backend) => isService(backend) && (backend.namespace ?? route.namespace) === namespace)
    .flatMap((backend) => usesOfBackend(backend, by, proxy, services));
}

function usesOfBackend(
  { name, port }: BackendRef,
  by: string,
  { source, protocol, ports }: ProxyOfRoute,
  services: ReachedServices,
): PortUse[] {
  const user = { by, source, protocol, service: name };
  if (ports === 'ofEndpoints' || (port === undefined && ports === 'ofServiceOrAll'))
    return usesOfEndpoints(services, { ...user, port });
  return port === undefined ? [] : usesThrough(services, { ...user, port });
}

/**
 * "Group is the group of the referent. … When unspecified or empty string, core API group is
 * inferred. Kind is the Kubernetes resource kind of the referent. For example "Service". Defaults to
 * "Service" when not specified." (BackendObjectReference)
 */
function isService({ group, kind }: BackendRef): boolean {
  return (group ?? '') === '' && (kind ?? 'Service') === 'Service';
}
