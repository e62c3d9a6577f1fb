import type { PortUse } from './port-use.ts';
import { type ReachedServices, usesThrough } from './reached-service.ts';
import { API_SERVER } from './source.ts';
import type { ServiceReference } from './usage.ts';

/**
 * A Service that the API server calls: "port is the port on the service that hosts the webhook.
 * Default to 443 for backward compatibility" (ServiceReference of admissionregistration/v1,
 * apiextensions/v1 and apiregistration/v1).
 */
export function usesOfReference(
  by: string,
  reference: ServiceReference,
  namespace: string,
  services: ReachedServices,
): PortUse[] {
  if (reference.namespace !== namespace) return [];
  return usesThrough(services, {
    by,
    source: API_SERVER,
    service: reference.name,
    port: reference.port ?? 443,
    protocol: 'TCP',
  });
}
