import type { PortUse } from './port-use.ts';
import type { ReachedServices } from './reached-service.ts';
import { usesOfReference } from './service-reference.ts';
import type { ConvertedDefinition } from './usage.ts';

/**
 * Conversion webhooks of custom resources. With the strategy `Webhook` the "API Server will call to
 * an external webhook to do the conversion" (apiextensions/v1 CustomResourceConversion strategy).
 */
export function conversionUses(
  definitions: readonly ConvertedDefinition[],
  namespace: string,
  services: ReachedServices,
): PortUse[] {
  return definitions.flatMap(({ name, service }) =>
    service
      ? usesOfReference(`CustomResourceDefinition ${name}`, service, namespace, services)
      : [],
  );
}
