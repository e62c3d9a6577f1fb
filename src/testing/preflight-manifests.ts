import type { ClusterUsage } from '../domain/preflight/usage.ts';
import { type DecisiveKind, USAGE_KINDS } from '../kube/decisive-kinds.ts';

/** An object in wire form, as far as a test needs to know it. */
export interface Wire {
  apiVersion?: string;
  kind: string;
  metadata?: { name?: string; namespace?: string; annotations?: Record<string, string> };
  spec?: { template?: unknown };
}

const NAMESPACE = 'shop';

/** Projects whatever kinds there are. */
export function clusterUsage(wires: (kind: string) => readonly object[]): ClusterUsage {
  const read = <T>(...kinds: readonly DecisiveKind<T>[]) =>
    kinds.flatMap(({ kind, project }) => wires(kind).map((wire) => project(wire, () => {})));
  const kinds = USAGE_KINDS;
  const services = read(kinds.services);
  return {
    services,
    endpointSlices: read(kinds.endpointSlices),
    ingresses: read(kinds.ingresses),
    entrances: services.flatMap(({ namespace, addresses }) =>
      addresses.map((address) => ({ address, namespace })),
    ),
    routes: read(
      kinds.httpRoutes,
      kinds.grpcRoutes,
      kinds.tcpRoutes,
      kinds.tlsRoutes,
      kinds.udpRoutes,
    ),
    serviceMonitors: read(kinds.serviceMonitors, kinds.vmServiceScrapes),
    podMonitors: read(
      kinds.podMonitors,
      kinds.vmPodScrapes,
      kinds.podMonitorings,
      kinds.clusterPodMonitorings,
    ),
    webhooks: read(kinds.validatingWebhooks, kinds.mutatingWebhooks),
    definitions: read(kinds.definitions),
    apiServices: read(kinds.apiServices),
    inferencePools: read(kinds.inferencePools),
  };
}

/** The same, in the namespace shop where it names none. */
export function inNamespace(wire: Wire): Wire {
  return { ...wire, metadata: { namespace: NAMESPACE, ...wire.metadata } };
}
