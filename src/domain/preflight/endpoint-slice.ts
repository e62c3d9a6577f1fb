import ipaddr from 'ipaddr.js';
import type { Protocol } from '../../api/kubernetes.ts';
import type { PortUse } from './port-use.ts';
import type { ReachedServices } from './reached-service.ts';
import { ANYBODY } from './source.ts';
import type { EndpointSlice } from './usage.ts';

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
  return slices
    .filter((slice) => slice.namespace === namespace)
    .filter(({ addresses }) => addresses.some((address) => ips.has(canonicalAddress(address))))
    .map((slice) => ({
      namespace,
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
