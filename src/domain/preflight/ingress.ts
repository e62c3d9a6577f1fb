import type { PortUse } from './port-use.ts';
import { type ReachedServices, usesThrough } from './reached-service.ts';
import { podsOf } from './source.ts';
import type { Ingress } from './usage.ts';

/** An IngressClass names its controller, and not where that runs. */
const CONTROLLER = podsOf('the ingress controller');

/**
 * "The service must exist in the same namespace as the Ingress object" (networking/v1
 * IngressServiceBackend name); its port is "the numerical port number (e.g. 80) on the Service" or
 * "the name of the port on the Service" (ServiceBackendPort). An Ingress carries HTTP, over TCP.
 */
export function ingressUses(
  ingresses: readonly Ingress[],
  namespace: string,
  services: ReachedServices,
): PortUse[] {
  return ingresses
    .filter((ingress) => ingress.namespace === namespace)
    .flatMap(({ name, backends }) =>
      backends.flatMap(({ service, port }) =>
        usesThrough(services, {
          by: `Ingress ${namespace}/${name}`,
          source: CONTROLLER,
          service,
          port,
          protocol: 'TCP',
        }),
      ),
    );
}
