import { type PortUse, usesFrom } from './port-use.ts';
import { type ReachedServices, usesThrough } from './reached-service.ts';
import { podsOf } from './source.ts';
import type { BackendRef, Route } from './usage.ts';

/** A Gateway's pods run in its namespace, in its controller's, or on nobody's network but the nodes'. */
const GATEWAY = podsOf('the gateway');

/**
 * "Port is required when the referent is a Kubernetes Service. In this case, the port number is the
 * service port number, not the target port" (Gateway API BackendObjectReference port).
 *
 * A weight of 0, by which "no traffic should be forwarded", counts: it is how a canary begins. So
 * does a reference to another namespace without a ReferenceGrant: the grant may come any time, and
 * the Service itself is found either way.
 */
export function routeUses(
  routes: readonly Route[],
  namespace: string,
  services: ReachedServices,
): PortUse[] {
  return routes.flatMap((route) => {
    const uses = route.backends
      .filter(
        (backend) => isService(backend) && (backend.namespace ?? route.namespace) === namespace,
      )
      .flatMap(({ name, port }) =>
        port === undefined
          ? []
          : usesThrough(services, {
              by: `${route.kind} ${route.namespace}/${route.name}`,
              source: GATEWAY,
              service: name,
              port,
              protocol: route.kind === 'UDPRoute' ? 'UDP' : 'TCP',
            }),
      );
    return usesFrom(uses, route.namespace, namespace);
  });
}

/**
 * "Group is the group of the referent. … When unspecified or empty string, core API group is
 * inferred. Kind is the Kubernetes resource kind of the referent. For example "Service". Defaults to
 * "Service" when not specified." (BackendObjectReference)
 */
function isService({ group, kind }: BackendRef): boolean {
  return (group ?? '') === '' && (kind ?? 'Service') === 'Service';
}
