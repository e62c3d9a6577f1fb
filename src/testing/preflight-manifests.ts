import { unreadKinds } from '../domain/preflight/unread-kinds.ts';
import type { ClusterUsage, Route } from '../domain/preflight/usage.ts';
import { type DecisiveKind, ROUTE_KINDS, USAGE_KINDS } from '../kube/decisive-kinds.ts';

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
  const definitions = read(kinds.definitions);
  return {
    services,
    endpointSlices: read(kinds.endpointSlices),
    ingresses: read(kinds.ingresses),
    entrances: services.flatMap(({ namespace, addresses }) =>
      addresses.map((address) => ({ address, namespace })),
    ),
    routes: read(...routeKinds()),
    serviceMonitors: read(kinds.serviceMonitors, kinds.vmServiceScrapes),
    podMonitors: read(
      kinds.podMonitors,
      kinds.vmPodScrapes,
      kinds.podMonitorings,
      kinds.clusterPodMonitorings,
    ),
    webhooks: read(kinds.validatingWebhooks, kinds.mutatingWebhooks),
    definitions,
    apiServices: read(kinds.apiServices),
    inferencePools: read(kinds.inferencePools),
    unread: unreadKinds((name) => definitions.some((each) => each.name === name)),
  };
}

/** Each kind once: those of Traefik are the same in both groups. */
function routeKinds(): DecisiveKind<Route>[] {
  return [...new Map(Object.values(ROUTE_KINDS).map((each) => [each.kind, each])).values()];
}

/** The same, in the namespace shop where it names none. */
export function inNamespace(wire: Wire): Wire {
  return { ...wire, metadata: { namespace: NAMESPACE, ...wire.metadata } };
}
