import type {
  Monitor,
  Route,
  ServiceReference,
  WebhookConfiguration,
} from '../../domain/preflight/usage.ts';
import type { Namespaces } from './concern.ts';

/** Policies of other kinds select by labels that only a decision compares: all of their namespace, or of all. */
export function namespacesOfPolicy({ metadata }: { metadata: { namespace?: string } }): Namespaces {
  return metadata.namespace ? [metadata.namespace] : 'all';
}

/** Those of the backends, each once. */
export function namespacesOfRoute({ namespace, backends }: Route): string[] {
  return [...new Set(backends.map((backend) => backend.namespace ?? namespace))];
}

/** Those that it scrapes. */
export function namespacesOfMonitor({ namespace, namespaceSelector }: Monitor): Namespaces {
  const { any, matchNames } = namespaceSelector;
  if (any) return 'all';
  return matchNames.length > 0 ? matchNames : [namespace];
}

/** Those of the Services that the API server calls. */
export function namespacesOfServices({ services }: WebhookConfiguration): Namespaces {
  return services.map(({ namespace }) => namespace);
}

/** That of the Service that the API server calls. */
export function namespacesOfService({
  service,
}: {
  service: ServiceReference | undefined;
}): Namespaces {
  return service ? [service.namespace] : [];
}
