import { projectPodMonitor, projectServiceMonitor } from '../kube/monitor-projection.ts';
import type { KubernetesObject, Resource } from '../kube/resource.ts';
import {
  API_SERVICES,
  DEFINITIONS,
  ENDPOINT_SLICES,
  GRPC_ROUTES,
  HTTP_ROUTES,
  INGRESSES,
  MUTATING_WEBHOOKS,
  POD_MONITORS,
  SERVICE_MONITORS,
  SERVICES,
  TCP_ROUTES,
  TLS_ROUTES,
  UDP_ROUTES,
  VALIDATING_WEBHOOKS,
} from '../kube/resources.ts';
import { checked, type OnMalformed } from '../kube/shape.ts';
import {
  API_SERVICE,
  DEFINITION,
  ENDPOINT_SLICE,
  INGRESS,
  MONITOR,
  ROUTE,
  SERVICE,
  WEBHOOK_CONFIGURATION,
} from '../kube/shapes.ts';
import type { Store } from '../kube/store.ts';
import {
  projectApiService,
  projectDefinition,
  projectEndpointSlice,
  projectIngress,
  projectRoute,
  projectService,
  projectWebhookConfiguration,
} from '../kube/usage-projections.ts';
import type { Reflectors } from './reflectors.ts';
import type { UsageCaches } from './usage-caches.ts';

/** Keeps the usage caches like the cluster. Kinds that a definition brings are followed while it is there. */
export function reflectUsage(
  reflectors: Reflectors,
  usage: UsageCaches,
  signal: AbortSignal,
): void {
  const optional = <T>(
    resource: Resource,
    store: Store<T>,
    project: (object: KubernetesObject, onMalformed: OnMalformed) => T,
  ) => reflectors.followWhileDefined({ resource, store, project }, usage.definitions, signal);
  optional(HTTP_ROUTES, usage.httpRoutes, checked(ROUTE, projectRoute('HTTPRoute')));
  optional(GRPC_ROUTES, usage.grpcRoutes, checked(ROUTE, projectRoute('GRPCRoute')));
  optional(TCP_ROUTES, usage.tcpRoutes, checked(ROUTE, projectRoute('TCPRoute')));
  optional(TLS_ROUTES, usage.tlsRoutes, checked(ROUTE, projectRoute('TLSRoute')));
  optional(UDP_ROUTES, usage.udpRoutes, checked(ROUTE, projectRoute('UDPRoute')));
  optional(SERVICE_MONITORS, usage.serviceMonitors, checked(MONITOR, projectServiceMonitor));
  optional(POD_MONITORS, usage.podMonitors, checked(MONITOR, projectPodMonitor));

  const always = <T, Index extends string>(
    resource: Resource,
    store: Store<T, Index>,
    project: (object: KubernetesObject, onMalformed: OnMalformed) => T,
  ) => reflectors.follow({ resource, store, project }, signal);
  always(SERVICES, usage.services, checked(SERVICE, projectService));
  always(ENDPOINT_SLICES, usage.endpointSlices, checked(ENDPOINT_SLICE, projectEndpointSlice));
  always(INGRESSES, usage.ingresses, checked(INGRESS, projectIngress));
  const validating = projectWebhookConfiguration('ValidatingWebhookConfiguration');
  const mutating = projectWebhookConfiguration('MutatingWebhookConfiguration');
  always(VALIDATING_WEBHOOKS, usage.validatingWebhooks, checked(WEBHOOK_CONFIGURATION, validating));
  always(MUTATING_WEBHOOKS, usage.mutatingWebhooks, checked(WEBHOOK_CONFIGURATION, mutating));
  always(API_SERVICES, usage.apiServices, checked(API_SERVICE, projectApiService));
  always(DEFINITIONS, usage.definitions, checked(DEFINITION, projectDefinition));
}
