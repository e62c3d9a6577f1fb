import type { PortReference } from '../workload/template-use.ts';
import { serviceScrapeUses } from './annotation.ts';
import { isSamePort, type ListingSlice } from './endpoint-slice.ts';
import type { PodShape, PortNames } from './pod-shape.ts';
import { type PortUse, usesOfDeclaredPorts } from './port-use.ts';
import type { ReachedService, ReachedServices } from './reached-service.ts';
import type { Selected, Selection } from './selected-shapes.ts';
import { ANYBODY, AT_LOAD_BALANCER, podsOf, type Source } from './source.ts';
import type { Service, ServicePort } from './usage.ts';

/**
 * Those of the pods' own Services that lead to them, by their selector or by EndpointSlices.
 *
 * @param all the pods: which of them it lists, the addresses of a slice do not tell
 */
export function reachedServices(
  services: readonly Service[],
  selection: Selection,
  names: PortNames,
  slices: readonly ListingSlice[],
  all: readonly PodShape[],
): ReachedServices {
  const slicesOf = Map.groupBy(slices, ({ service }) => service);
  const reached = new Map<string, ReachedService>();
  for (const service of services) {
    // An ExternalName "aliases this service to the specified externalName. Several other fields do
    // not apply to ExternalName services" (core/v1 ServiceSpec type): it leads to no pod.
    if (service.externalName !== undefined) continue;
    const { shapes, once } = selectedPods(service, selection);
    const listing = slicesOf.get(service.name) ?? [];
    if (shapes.length === 0 && listing.length === 0) continue;
    const ports = service.ports.map((port) => ({
      name: port.name,
      number: port.port,
      protocol: port.protocol,
      targets: [...new Set([...targets(port, shapes, names), ...listedPorts(port, listing)])],
    }));
    reached.set(service.name, {
      service,
      shapes: shapes.length > 0 ? shapes : all,
      ports,
      once,
    });
  }
  return reached;
}

/**
 * "Route service traffic to pods with label keys and values matching this selector. If empty or not
 * present, the service is assumed to have an external process managing its endpoints."
 */
function selectedPods({ selector }: Service, selection: Selection): Selected {
  if (Object.keys(selector).length === 0) return { shapes: [], once: '' };
  return selection({ matchLabels: selector });
}

/**
 * "Number or name of the port to access on the pods targeted by the service. … If this is a string,
 * it will be looked up as a named port in the target Pod's container ports. If this is not
 * specified, the value of the 'port' field is used (an identity map). This field is ignored for
 * services with clusterIP=None, and should be omitted or set equal to the 'port' field."
 * (core/v1 ServicePort targetPort)
 *
 * The last sentence is not followed: the EndpointSlices and SRV records of a headless Service carry
 * the targetPort, and by the others of its names a client may use any port.
 *
 * A name that none of the pods declares leads nowhere: the endpoints controller leaves the port out
 * of the pod's endpoints. Where only some of the pods have it, the others get no connections by it.
 */
function targets(
  { port, protocol, targetPort }: ServicePort,
  shapes: readonly PodShape[],
  names: PortNames,
): readonly PortReference[] {
  if (shapes.length === 0) return [];
  if (targetPort === undefined) return [port];
  if (typeof targetPort === 'number') return [targetPort];
  const numbers = names.numbers(shapes, targetPort, protocol);
  return numbers.length > 0 ? numbers : [targetPort];
}

/** "This must match the 'name' field in the EndpointPort" (core/v1 ServicePort name). */
function listedPorts(port: ServicePort, slices: readonly ListingSlice[]): readonly number[] {
  return slices.flatMap((slice) =>
    slice.ports.filter((each) => isSamePort(each, port)).map((each) => each.port),
  );
}

/**
 * Uses by the Services themselves. From outside of the cluster a Service is reached where its type or an address
 * says so; who uses one inside of it, nothing tells but the owner's own allow-from.
 *
 * @param ofHeadless who connects to a pod by the names that a headless Service gives to each of them
 */
export function serviceUses(services: ReachedServices, ofHeadless: Source): PortUse[] {
  return [...services.values()].flatMap((reached) => {
    const { namespace, name, headless, balancedPorts, unreadConfigs } = reached.service;
    const user = `Service ${namespace}/${name}`;
    const { once } = reached;
    const source = clientsOf(reached.service, headless ? ofHeadless : ANYBODY);
    // A headless Service may do without ports: it gives the pods names, and clients use any port.
    if (headless && reached.ports.length === 0) {
      return usesOfDeclaredPorts(reached.shapes, `${user}${once}`, source);
    }
    const uses = reached.ports.flatMap(({ number, protocol, targets }) =>
      targets.map((port) => ({
        port,
        protocol,
        user: `${user} port ${number}${once}`,
        source: balancedPorts?.includes(number) ? AT_LOAD_BALANCER : source,
        mayBeUnserved: true as const,
        ...(unreadConfigs && {
          unread: unreadConfigs.map((config) => `BackendConfig ${config} of ${user}`),
        }),
      })),
    );
    const direct = headless ? directUses(reached, user, source) : [];
    return [...uses, ...direct, ...serviceScrapeUses(reached), ...healthCheckUses(reached)];
  });
}

/**
 * A headless Service's name leads to the pods themselves: whoever takes its port from there connects to that very number, and
 * "targetPort … is ignored" (core/v1 ServicePort).
 */
function directUses({ ports, once }: ReachedService, by: string, source: Source): PortUse[] {
  return ports
    .filter(({ number, protocol, targets }) => protocol === 'TCP' && !targets.includes(number))
    .map(({ number: port, protocol }) => ({
      port,
      protocol,
      user: `${by} port ${port} at the pods' own addresses${once}`,
      source,
      ifOpen: true,
    }));
}

function clientsOf({ exposure, proxiedBy }: Service, inside: Source): Source {
  if (exposure) return { kind: 'outside', by: exposure };
  return proxiedBy === undefined ? inside : podsOf(proxiedBy);
}

/** By the Service's own load balancer; where nobody tells that it asks the pods, only if these listen there. */
function healthCheckUses({ service, once }: ReachedService): PortUse[] {
  const { healthPort, healthAnnotations = [], namespace, name } = service;
  const by = `Service ${namespace}/${name}`;
  const use = { protocol: 'TCP', source: AT_LOAD_BALANCER } as const;
  const told = healthPort === undefined ? [] : [healthPort];
  return [
    ...told.map((port) => ({ ...use, port, user: `${by} load balancer health check${once}` })),
    ...healthAnnotations.map(({ key, port }) => ({
      ...use,
      port,
      user: `${by} annotation ${key}${once}`,
      ifOpen: true as const,
    })),
  ];
}
