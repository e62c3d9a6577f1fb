import type { PortUse } from './port-use.ts';
import { type ReachedServices, usesThrough } from './reached-service.ts';
import type { Source } from './source.ts';
import type { Entrance, Ingress } from './usage.ts';

/**
 * "The service must exist in the same namespace as the Ingress object" (networking/v1
 * IngressServiceBackend name); its port is "the numerical port number (e.g. 80) on the Service" or
 * "the name of the port on the Service" (ServiceBackendPort). An Ingress carries HTTP, over TCP.
 */
export function ingressUses(
  ingresses: readonly Ingress[],
  entrances: readonly Entrance[],
  namespace: string,
  services: ReachedServices,
): PortUse[] {
  return ingresses
    .filter((ingress) => ingress.namespace === namespace)
    .flatMap(({ name, backends, addresses }) => {
      const source = controllerAt(addresses, entrances);
      return backends.flatMap(({ service, port }) =>
        usesThrough(services, {
          by: `Ingress ${namespace}/${name}`,
          source,
          service,
          port,
          protocol: 'TCP',
        }),
      );
    });
}

/**
 * An IngressClass names its controller, and not where that runs. But the controller writes where it is reached into the
 * Ingress: the pods behind the one load balancer that has such an address are those that connect.
 */
function controllerAt(addresses: readonly string[], entrances: readonly Entrance[]): Source {
  const behind = new Set(
    entrances.filter(({ address }) => addresses.includes(address)).map((each) => each.namespace),
  );
  const [namespace] = behind.size === 1 ? behind : [];
  return { kind: 'pods', whose: 'the ingress controller', namespace };
}
