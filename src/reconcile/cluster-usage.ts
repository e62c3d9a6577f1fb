import { canonicalAddress } from '../domain/preflight/endpoint-slice.ts';
import { aliasesInto } from '../domain/preflight/external-name.ts';
import { unreadKinds } from '../domain/preflight/unread-kinds.ts';
import type {
  ClusterUsage,
  EndpointSlice,
  Entrance,
  Ingress,
  Service,
} from '../domain/preflight/usage.ts';
import type { Workload } from '../domain/workload/workload.ts';
import { objectKey } from '../kube/resource.ts';
import type { Store } from '../kube/store.ts';
import { EVERY_NAMESPACE } from './kinds/indices.ts';
import type { KindCaches } from './kinds/kind-caches.ts';
import type { Labels } from './selection-index.ts';
import type { Selections } from './selections.ts';

/** Pods of a namespace: what selects them, or lists one of their addresses. */
interface Places {
  namespace: string;
  labels: readonly Labels[];
  addresses: readonly string[];
  /** Whose they are. */
  workload: Workload | undefined;
}

/** What may concern pods of a namespace, without a look at all else that is there. */
export function usageOf(
  { usage: caches, routes }: Pick<KindCaches, 'usage' | 'routes'>,
  selections: Selections,
  { namespace, labels, addresses, workload }: Places,
): ClusterUsage {
  const endpointSlices = slicesListing(addresses, caches);
  const listed = servicesOf(endpointSlices, caches);
  const aliases = aliasesInto(namespace, (each) => caches.services.byIndex('named', each));
  const leading = new Set([
    ...selections.servicesSelecting(namespace, labels),
    ...(workload ? selections.servicesAwaiting(workload) : []),
    ...listed.filter((service) => service.namespace === namespace),
    ...aliases,
  ]);
  const ingresses = leadingTo(leading, [caches.ingresses]);
  const naming = leadingTo(leading, [caches.services]);
  const about = <T>(...kinds: readonly About<T>[]) =>
    kinds.flatMap((cache) => aboutNamespace(cache, namespace));
  return {
    services: [...leading.union(new Set([...listed, ...naming]))],
    endpointSlices,
    ingresses,
    entrances: entrancesOf(ingresses, caches.services, selections),
    routes: leadingTo(leading, Object.values(routes)),
    serviceMonitors: selections.monitorsOfServices(
      namespace,
      [...leading].map((service) => service.labels),
    ),
    podMonitors: [
      ...new Set([
        ...selections.monitorsOfPods(namespace, labels),
        ...(workload ? selections.monitorsAwaiting(workload) : []),
      ]),
    ],
    webhooks: about(caches.validatingWebhooks, caches.mutatingWebhooks),
    definitions: about(caches.definitions),
    inferencePools: [caches.inferencePools, caches.inferencePoolsAlpha].flatMap((cache) =>
      cache.byIndex('namespace', namespace),
    ),
    apiServices: about(caches.apiServices),
    unread: unreadKinds((definition) => caches.definitions.get(definition) !== undefined),
  };
}

type About<T> = Pick<Store<T, 'about'>, 'byIndex'>;

/** What is about a namespace, or about all. */
export function aboutNamespace<T>(cache: About<T>, namespace: string): T[] {
  return [namespace, EVERY_NAMESPACE].flatMap((each) => cache.byIndex('about', each));
}

/** What leads to one of the Services, each once. */
function leadingTo<T>(
  services: Iterable<Service>,
  caches: readonly Pick<Store<T, 'backend'>, 'byIndex'>[],
): T[] {
  const keys = [...services].map(objectKey);
  const leading = caches.flatMap((cache) => keys.flatMap((key) => cache.byIndex('backend', key)));
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

/** Those of any namespace that list one of the addresses. */
function slicesListing(
  addresses: readonly string[],
  { endpointSlices }: KindCaches['usage'],
): EndpointSlice[] {
  const listing = addresses.flatMap((address) =>
    endpointSlices.byIndex('address', canonicalAddress(address)),
  );
  return [...new Set(listing)];
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
