import { canonicalAddress } from '../domain/preflight/endpoint-slice.ts';
import { aliasesInto } from '../domain/preflight/external-name.ts';
import { unreadKinds } from '../domain/preflight/unread-kinds.ts';
import type {
  ClusterUsage,
  EndpointSlice,
  Entrance,
  Ingress,
  Route,
  Service,
} from '../domain/preflight/usage.ts';
import { objectKey } from '../kube/resource.ts';
import type { KindCaches } from './kinds/kind-caches.ts';
import type { Selections } from './selections.ts';

/** Pods of a namespace: what lists one of their addresses may be of any namespace. */
interface Places {
  namespace: string;
  addresses: readonly string[];
}

/** What may concern pods of a namespace. */
export function usageOf(
  { usage: caches, routes }: Pick<KindCaches, 'usage' | 'routes'>,
  selections: Selections,
  places: Places,
): ClusterUsage {
  const { namespace } = places;
  const elsewhere = slicesElsewhere(caches, places);
  const aliases = aliasesInto(namespace, (each) => caches.services.byIndex('named', each));
  const namespaces = new Set([namespace, ...aliases.map((each) => each.namespace)]);
  const ingresses = [...namespaces].flatMap((each) => caches.ingresses.byIndex('namespace', each));
  return {
    services: [
      ...new Set([
        ...caches.services.byIndex('namespace', namespace),
        ...aliases,
        ...servicesOf(elsewhere, caches),
      ]),
    ],
    endpointSlices: [...caches.endpointSlices.byIndex('namespace', namespace), ...elsewhere],
    ingresses,
    entrances: entrancesOf(ingresses, caches.services, selections),
    routes: routesTo(namespaces, routes),
    serviceMonitors: [...caches.serviceMonitors.list(), ...caches.vmServiceScrapes.list()],
    podMonitors: [
      caches.podMonitors,
      caches.vmPodScrapes,
      caches.podMonitorings,
      caches.clusterPodMonitorings,
    ].flatMap((cache) => cache.list()),
    webhooks: [...caches.validatingWebhooks.list(), ...caches.mutatingWebhooks.list()],
    definitions: caches.definitions.list().filter(({ service }) => service !== undefined),
    inferencePools: [caches.inferencePools, caches.inferencePoolsAlpha].flatMap((cache) =>
      cache.byIndex('namespace', namespace),
    ),
    apiServices: caches.apiServices.list().filter(({ service }) => service !== undefined),
    unread: unreadKinds((definition) => caches.definitions.get(definition) !== undefined),
  };
}

/** The routes of any namespace that lead to one of these, each once. */
function routesTo(namespaces: ReadonlySet<string>, routes: KindCaches['routes']): Route[] {
  const leading = Object.values(routes).flatMap((cache) =>
    [...namespaces].flatMap((each) => cache.byIndex('leadsTo', each)),
  );
  return [...new Set(leading)];
}

/** The Services of any namespace whose load balancers have the addresses that the Ingresses publish. */
function entrancesOf(
  ingresses: readonly Ingress[],
  services: KindCaches['usage']['services'],
  selections: Selections,
): Entrance[] {
  const addresses = new Set(ingresses.flatMap((ingress) => ingress.addresses));
  return [...addresses].flatMap((address) =>
    services
      .byIndex('address', address)
      .filter((service) => leadsToPodNetwork(service, selections))
      .map(({ namespace }) => ({ address, namespace })),
  );
}

/** From the network of a node connections come from no namespace. */
function leadsToPodNetwork({ namespace, selector }: Service, selections: Selections): boolean {
  if (Object.keys(selector).length === 0) return false;
  const pods = selections.podsUnder(namespace, { matchLabels: { ...selector } });
  return pods.length > 0 && pods.every(({ hostNetwork }) => !hostNetwork);
}

function slicesElsewhere(
  { endpointSlices }: KindCaches['usage'],
  { namespace, addresses }: Places,
): EndpointSlice[] {
  const listing = addresses.flatMap((address) =>
    endpointSlices.byIndex('address', canonicalAddress(address)),
  );
  return [...new Set(listing)].filter((slice) => slice.namespace !== namespace);
}

function servicesOf(
  slices: readonly EndpointSlice[],
  { services }: KindCaches['usage'],
): Service[] {
  const keys = new Set(
    slices.map(({ namespace, service }) => objectKey({ namespace, name: service })),
  );
  return [...keys].flatMap((key) => services.get(key) ?? []);
}
