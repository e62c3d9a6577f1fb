import { connectingFor, controllerAt } from './ingress-controller.ts';
import { servicesNamedBy } from './named-service.ts';
import type { PortUse } from './port-use.ts';
import { type ReachedService, type ReachedServices, usesThrough } from './reached-service.ts';
import { AT_LOAD_BALANCER, type Source } from './source.ts';
import type { AlbHealth, Entrance, Ingress } from './usage.ts';

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
    .flatMap((ingress) => {
      const controller = controllerAt(ingress.addresses, entrances);
      return ingress.backends.flatMap(({ service, port }) => {
        const reached = services.get(service);
        const health = healthOf(ingress, reached);
        return [
          ...usesThrough(services, {
            by: `Ingress ${namespace}/${ingress.name}`,
            source:
              health.targetType === 'ip'
                ? AT_LOAD_BALANCER
                : connectingFor(ingress, controller, reached?.service),
            service,
            port,
            protocol: 'TCP',
          }),
          ...(reached ? healthCheckUses(ingress, health) : []),
          ...(reached ? annotatedCheckUses(ingress, reached, controller) : []),
        ];
      });
    });
}

/** The Services that its controller connects to: of its own namespace, and of any that an annotation names. */
export function servicesLedTo(
  ingress: Pick<Ingress, 'namespace' | 'backends' | 'named'>,
): { namespace: string; name: string }[] {
  const { namespace, backends } = ingress;
  return [
    ...backends.map(({ service }) => ({ namespace, name: service })),
    ...servicesNamedBy(ingress),
  ];
}

/**
 * What is said of the Ingress's load balancer at AWS: "Annotations applied to service have higher priority over annotations
 * applied to ingress". With target type `ip` it connects to the pods itself, from outside of the cluster.
 */
function healthOf({ albHealth }: Ingress, reached: ReachedService | undefined): AlbHealth {
  return { ...albHealth, ...reached?.service.albHealth };
}

/**
 * It may ask for health on another port than it sends to; of the pods themselves only with target type `ip`. Where no
 * annotation says the type, its class or a flag of the controller does, and the port counts only if the pods listen there.
 */
function healthCheckUses({ namespace, name }: Ingress, { targetType, port }: AlbHealth): PortUse[] {
  if (typeof port !== 'number') return [];
  const by = `Ingress ${namespace}/${name} load balancer health check`;
  const use = { port, protocol: 'TCP', source: AT_LOAD_BALANCER } as const;
  if (targetType === undefined) return [{ ...use, user: `${by} (if it asks pods)`, ifOpen: true }];
  return targetType === 'ip' ? [{ ...use, user: by }] : [];
}

/** What annotations of the Ingress say, or of the Service, by which the pods themselves are asked. */
function annotatedCheckUses(
  { namespace, name, healthChecks = [] }: Ingress,
  { service }: ReachedService,
  controller: Source,
): PortUse[] {
  const ofAll = [...healthChecks, ...(service.healthChecks ?? [])];
  return ofAll.map(({ by, port }) => ({
    port,
    protocol: 'TCP',
    user: `Ingress ${namespace}/${name} health check`,
    source: by === 'controller' ? controller : AT_LOAD_BALANCER,
  }));
}
