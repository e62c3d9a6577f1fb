import ipaddr from 'ipaddr.js';
import type { Protocol } from '../../api/kubernetes.ts';
import type { PodShape } from './pod-shape.ts';
import { type PortUse, usesFrom, usesOfDeclaredPorts } from './port-use.ts';
import type { ReachedServices } from './reached-service.ts';
import { ANYBODY, type Source } from './source.ts';
import type { EndpointSlice, Service } from './usage.ts';

/** A slice that lists an address of the pods, and the ports that it names. */
export interface ListingSlice {
  namespace: string;
  name: string;
  service: string;
  ports: readonly { name: string; protocol: Protocol; port: number }[];
}

/**
 * The slices of a namespace that list an address of the pods. This is how Services without a
 * selector reach them: such a Service "is assumed to have an external process managing its
 * endpoints" (core/v1 ServiceSpec selector).
 *
 * Endpoints that are not ready count: they will be.
 */
export function slicesListing(
  slices: readonly EndpointSlice[],
  namespace: string,
  ips: ReadonlySet<string>,
): ListingSlice[] {
  return listing(
    slices.filter((slice) => slice.namespace === namespace),
    ips,
  );
}

function listing(slices: readonly EndpointSlice[], ips: ReadonlySet<string>): ListingSlice[] {
  return slices
    .filter(({ addresses }) => addresses.some((address) => ips.has(canonicalAddress(address))))
    .map((slice) => ({
      namespace: slice.namespace,
      name: slice.name,
      service: slice.service,
      // "EndpointSlices used for other purposes may have a nil port" (discovery/v1 EndpointPort):
      // which port such a slice means only its consumer knows, so there is nothing to name.
      ports: slice.ports.flatMap(({ name, protocol, port }) =>
        port === undefined ? [] : [{ name, protocol, port }],
      ),
    }));
}

/**
 * Uses of slices that no Service accounts for: those without one, and ports that their Service does
 * not name, "if the EndpointSlice is derived from a Kubernetes service, this corresponds to the
 * Service.ports[].name" (discovery/v1 EndpointPort name). Whoever wrote it has a consumer in mind.
 */
export function endpointSliceUses(
  slices: readonly ListingSlice[],
  services: ReachedServices,
): PortUse[] {
  return slices.flatMap(({ namespace, name, service, ports }) =>
    ports
      .filter((port) => !services.get(service)?.ports.some((each) => isSamePort(each, port)))
      .map(({ port, protocol }) => ({
        port,
        protocol,
        user: `EndpointSlice ${namespace}/${name}`,
        source: ANYBODY,
      })),
  );
}

/** Far beyond the ports of one workload that a namespace is believed about. */
const MAXIMUM_READ = 1024;

/**
 * Uses of slices of other namespaces that list an address of the pods, as those of Knative do while an application sleeps:
 * its Service has no selector, and leads to a proxy elsewhere.
 *
 * @param services of any namespaces; those of the slices say by which port one comes
 * @param pods by what they declare: who has the addresses alone may mean each of it
 */
export function outsideSliceUses(
  slices: readonly EndpointSlice[],
  services: readonly Service[],
  namespace: string,
  { ips, pods }: { ips: ReadonlySet<string>; pods: readonly PodShape[] },
): PortUse[] {
  const outside = listing(
    slices.filter((slice) => slice.namespace !== namespace),
    ips,
  );
  return [...Map.groupBy(outside, (slice) => slice.namespace)].flatMap(([from, theirs]) => {
    const byName = new Map(
      services.filter((each) => each.namespace === from).map((each) => [each.name, each]),
    );
    const uses = theirs.flatMap((slice) => usesOfSlice(slice, pods, byName.get(slice.service)));
    return usesFrom(uses.slice(0, MAXIMUM_READ), from, namespace);
  });
}

/** Its clients are presumed to be where it is, as those of a monitor are; or they are outside of the cluster. */
function usesOfSlice(
  { namespace, name, ports }: ListingSlice,
  pods: readonly PodShape[],
  service?: Service,
): PortUse[] {
  const source: Source = service?.exposure
    ? { kind: 'outside', by: service.exposure }
    : { kind: 'pods', whose: 'clients of the slice', namespace };
  if (ports.length === 0)
    return usesOfDeclaredPorts(pods, `EndpointSlice ${namespace}/${name} without ports`, source);
  return ports.map((port) => {
    const by = service?.ports.find((each) => isSamePort(each, port));
    const through = by ? ` (Service ${namespace}/${service?.name} port ${by.port})` : '';
    const user = `EndpointSlice ${namespace}/${name}${through}`;
    return { port: port.port, protocol: port.protocol, user, source };
  });
}

/** Whether a port of a slice is the one that a Service's port leads to. */
export function isSamePort(
  a: { name: string; protocol: Protocol },
  b: { name: string; protocol: Protocol },
): boolean {
  return a.name === b.name && a.protocol === b.protocol;
}

/** "The values are IP addresses in canonical form" (discovery/v1 Endpoint addresses), but people write slices too. */
export function canonicalAddress(address: string): string {
  return address.includes(':') && ipaddr.isValid(address)
    ? ipaddr.parse(address).toString()
    : address;
}
