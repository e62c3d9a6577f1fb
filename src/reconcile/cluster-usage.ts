import type { ClusterUsage } from '../domain/preflight/usage.ts';
import type { KindCaches } from './kinds/kind-caches.ts';

/** What may concern pods of a namespace. */
export function usageOf(caches: KindCaches['usage'], namespace: string): ClusterUsage {
  const { httpRoutes, grpcRoutes, tcpRoutes, tlsRoutes, udpRoutes } = caches;
  const routes = [httpRoutes, grpcRoutes, tcpRoutes, tlsRoutes, udpRoutes];
  return {
    services: caches.services.byIndex('namespace', namespace),
    endpointSlices: caches.endpointSlices.byIndex('namespace', namespace),
    ingresses: caches.ingresses.byIndex('namespace', namespace),
    routes: routes.flatMap((cache) => cache.list()),
    serviceMonitors: caches.serviceMonitors.list(),
    podMonitors: caches.podMonitors.list(),
    webhooks: [...caches.validatingWebhooks.list(), ...caches.mutatingWebhooks.list()],
    definitions: caches.definitions.list().filter(({ service }) => service !== undefined),
    apiServices: caches.apiServices.list().filter(({ service }) => service !== undefined),
  };
}
