import type { PortUse } from './port-use.ts';
import type { ReachedServices } from './reached-service.ts';
import { usesOfReference } from './service-reference.ts';
import type { ApiService } from './usage.ts';

/**
 * Aggregated APIs. "Service is a reference to the service for this API server. It must communicate
 * on port 443. If the Service is nil, that means the handling for the API groupversion is handled
 * locally on this server" (apiregistration/v1 APIServiceSpec service; its port has become a field since).
 */
export function apiServiceUses(
  apiServices: readonly ApiService[],
  namespace: string,
  services: ReachedServices,
): PortUse[] {
  return apiServices.flatMap(({ name, service }) =>
    service ? usesOfReference(`APIService ${name}`, service, namespace, services) : [],
  );
}
