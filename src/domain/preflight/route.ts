import { leadingHere } from './bounded-references.ts';
import { type PortUse, usesFrom } from './port-use.ts';
import {
  type ReachedServices,
  usesAtHost,
  usesOfEndpoints,
  usesThrough,
} from './reached-service.ts';
import { proxyOf } from './route-proxy.ts';
import type { BackendRef, Route } from './usage.ts';

/**
 * "Port is required when the referent is a Kubernetes Service. In this case, the port number is the
 * service port number, not the target port" (Gateway API BackendObjectReference port). Routes of other controllers name a
 * Service and its port in the same way, OpenShift's aside.
 *
 * A weight of 0, by which "no traffic should be forwarded", counts: it is how a canary begins. So
 * does a reference to another namespace without a ReferenceGrant, or whatever else a controller asks for: the permission may
 * come any time, and the Service itself is found either way.
 *
 * @param namespace that of the Services
 * @param own that of the pods, whose routes are all read
 */
export function routeUses(
  routes: readonly Route[],
  namespace: string,
  services: ReachedServices,
  own = namespace,
): PortUse[] {
  return [...Map.groupBy(routes, (route) => route.namespace)].flatMap(([from, theirs]) => {
    const leads = ({ route, backend }: Leading) => leadsTo(namespace, route, backend);
    const leading = leadingHere(backendsOf(theirs), leads, from === own);
    const uses = leading.flatMap(({ route, backend }) => usesOfBackend(route, backend, services));
    return usesFrom(uses.toArray(), from, namespace);
  });
}

interface Leading {
  route: Route;
  backend: BackendRef;
}

function* backendsOf(routes: readonly Route[]): Generator<Leading, undefined> {
  for (const route of routes) for (const backend of route.backends) yield { route, backend };
}

function leadsTo(namespace: string, route: Route, backend: BackendRef): boolean {
  return isService(backend) && (backend.namespace ?? route.namespace) === namespace;
}

function usesOfBackend(
  route: Route,
  { name, port }: BackendRef,
  services: ReachedServices,
): PortUse[] {
  const { source, protocol, ports } = proxyOf(route);
  const by = `${route.kind} ${route.namespace}/${route.name}`;
  const user = { by, source, protocol, service: name };
  if (ports === 'ofEndpoints' || (port === undefined && ports === 'ofServiceOrAll'))
    return usesOfEndpoints(services, { ...user, port });
  if (port === undefined) return [];
  const uses = ports === 'ofHost' ? usesAtHost : usesThrough;
  return uses(services, { ...user, port });
}

/**
 * "Group is the group of the referent. … When unspecified or empty string, core API group is
 * inferred. Kind is the Kubernetes resource kind of the referent. For example "Service". Defaults to
 * "Service" when not specified." (BackendObjectReference) A ServiceImport has the name and the namespace of the Service
 * that clusters export by it (Multi-Cluster Services API), which the one here may be.
 */
function isService({ group, kind }: BackendRef): boolean {
  if (kind === 'ServiceImport') return IMPORTS.includes(group ?? '');
  return (group ?? '') === '' && (kind ?? 'Service') === 'Service';
}

const IMPORTS = ['multicluster.x-k8s.io', 'net.gke.io'];
