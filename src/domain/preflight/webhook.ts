import type { PortUse } from './port-use.ts';
import type { ReachedServices } from './reached-service.ts';
import { usesOfReference } from './service-reference.ts';
import type { WebhookConfiguration } from './usage.ts';

/**
 * Validating and mutating admission webhooks. "Exactly one of `url` or `service` must be specified.
 * The `host` should not refer to a service running in the cluster; use the `service` field instead"
 * (admissionregistration/v1 WebhookClientConfig): a url is not followed.
 */
export function webhookUses(
  configurations: readonly WebhookConfiguration[],
  namespace: string,
  services: ReachedServices,
): PortUse[] {
  return configurations.flatMap(({ kind, name, services: references }) =>
    references.flatMap((reference) =>
      usesOfReference(`${kind} ${name}`, reference, namespace, services),
    ),
  );
}
