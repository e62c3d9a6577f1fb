import type { ClusterUsage, RouteKind } from '../domain/preflight/usage.ts';
import { projectMonitor } from '../kube/monitor-projection.ts';
import {
  projectApiService,
  projectDefinition,
  projectEndpointSlice,
  projectInferencePool,
  projectIngress,
  projectRoute,
  projectService,
  projectWebhookConfiguration,
} from '../kube/usage-projections.ts';

/** An object in wire form, as far as a test needs to know it. */
export interface Wire {
  apiVersion?: string;
  kind: string;
  metadata?: { name?: string; namespace?: string; annotations?: Record<string, string> };
  spec?: { template?: unknown };
}

const NAMESPACE = 'shop';
const ROUTES: readonly RouteKind[] = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'];

/** Projects whatever kinds there are. */
export function clusterUsage(wires: (kind: string) => readonly object[]): ClusterUsage {
  const services = wires('Service').map(projectService);
  return {
    services,
    endpointSlices: wires('EndpointSlice').map(projectEndpointSlice),
    ingresses: wires('Ingress').map(projectIngress),
    entrances: services.flatMap(({ namespace, addresses }) =>
      addresses.map((address) => ({ address, namespace })),
    ),
    routes: ROUTES.flatMap((kind) => wires(kind).map(projectRoute(kind))),
    serviceMonitors: (['ServiceMonitor', 'VMServiceScrape'] as const).flatMap((kind) =>
      wires(kind).map(projectMonitor(kind)),
    ),
    podMonitors: (['PodMonitor', 'VMPodScrape'] as const).flatMap((kind) =>
      wires(kind).map(projectMonitor(kind)),
    ),
    webhooks: (['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const).flatMap(
      (kind) => wires(kind).map(projectWebhookConfiguration(kind)),
    ),
    definitions: wires('CustomResourceDefinition').map(projectDefinition),
    apiServices: wires('APIService').map(projectApiService),
    inferencePools: wires('InferencePool').map(projectInferencePool),
  };
}

/** The same, in the namespace shop where it names none. */
export function inNamespace(wire: Wire): Wire {
  return { ...wire, metadata: { namespace: NAMESPACE, ...wire.metadata } };
}
