import { unlikePods } from '../../domain/match/unlike-pods.ts';
import { namesBehind } from '../../domain/preflight/external-name.ts';
import { servicesLedTo } from '../../domain/preflight/ingress.ts';
import { servicesNamedBy } from '../../domain/preflight/named-service.ts';
import type {
  EndpointSlice,
  InferencePool,
  Ingress,
  Service,
} from '../../domain/preflight/usage.ts';
import { withoutAddedLabels } from '../../domain/workload/controller-labels.ts';
import type { Pod, Workload } from '../../domain/workload/workload.ts';
import type { Change } from '../../kube/store.ts';
import type { Lookups } from '../lookups.ts';
import { keysOf, type WorkloadKey } from '../workload-key.ts';
import { type Concern, type Concerned, whenChanged, whenGathered } from './concern.ts';
import { keysInNamespace, keysOfPod } from './concerned-workloads.ts';

/**
 * Those that it leads to, at once. Those of other namespaces that it leads to by another name, by EndpointSlices or by the
 * address of its load balancer are gathered, as with all that others make.
 */
export function concernedByService(change: Change<Service>, caches: Lookups): Concerned {
  const keysLedTo = (service: Service) =>
    keysBehind(service, caches).union(keysBehindThose(service, servicesNamedBy(service), caches));
  const elsewhere = (service: Service) => [
    ...namespacesNamed(service, caches),
    ...namespacesBehind(service, servicesNamedBy(service), caches),
    ...namespacesListed(listedBy(service, caches), caches),
    // It tells where the controller of these Ingresses runs.
    ...caches
      .ingressesAt(service.addresses)
      .flatMap((ingress) => [
        ingress.namespace,
        ...namespacesBehind(ingress, servicesLedTo(ingress), caches),
      ]),
  ];
  return both(keysLedTo, elsewhere)(change, caches);
}

/** Those whose pods it lists, at once; those of other namespaces gathered. */
export function concernedBySlice(change: Change<EndpointSlice>, caches: Lookups): Concerned {
  const keysListed = (slice: EndpointSlice) =>
    keysOfPods(podsListed(slice, caches), slice.namespace, caches);
  const elsewhere = (slice: EndpointSlice) => namespacesListed(slice, caches);
  return both(keysListed, elsewhere)(change, caches);
}

/** Those behind the Services that it leads to, at once; where such a Service is another name, those elsewhere gathered. */
export function concernedByIngress(change: Change<Ingress>, caches: Lookups): Concerned {
  const keysLedTo = (ingress: Ingress) => keysBehindThose(ingress, servicesLedTo(ingress), caches);
  const elsewhere = (ingress: Ingress) => namespacesBehind(ingress, servicesLedTo(ingress), caches);
  return both(keysLedTo, elsewhere)(change, caches);
}

/** Those whose pods are its members, and those behind the Service that it asks which one to take. */
export function keysOfPool(pool: InferencePool, caches: Lookups): ReadonlySet<WorkloadKey> {
  const { namespace, selector, picker } = pool;
  const isOfSome = Object.keys(selector).length > 0;
  const members = isOfSome ? keysSelected(pool, [], caches) : new Set<WorkloadKey>();
  const name = picker?.service;
  return name === undefined
    ? members
    : members.union(keysBehindThose(pool, [{ namespace, name }], caches));
}

function both<T>(
  keysOfValue: (value: T, caches: Lookups) => Iterable<WorkloadKey>,
  namespacesOf: (value: T) => readonly string[],
): Concern<T> {
  return (change, caches) => ({
    keys: whenChanged(keysOfValue)(change, caches).keys,
    gathered: whenGathered(namespacesOf)(change, caches).gathered,
  });
}

/** The workloads of its namespace whose pods, those of today or to come, a Service leads to. */
function keysBehind(service: Service, caches: Lookups): ReadonlySet<WorkloadKey> {
  const { namespace, selector, externalName } = service;
  if (externalName !== undefined) return keysOfNames(service, caches);
  const listing = listedBy(service, caches);
  if (listing.addresses.length >= MOST_ADDRESSES) return new Set(keysInNamespace(service, caches));
  const listed = podsListed(listing, caches);
  if (Object.keys(selector).length === 0) return keysOfPods(listed, namespace, caches);
  return keysSelected(service, listed, caches);
}

/** Those behind the Services of its own namespace that it is another name of; what is a name there leads on to these. */
function keysOfNames(alias: Service, caches: Lookups): ReadonlySet<WorkloadKey> {
  const names = namesBehind(alias, (name) => caches.service(name));
  const here = names.filter(({ namespace }) => namespace === alias.namespace);
  const services = servicesOf(here, caches).filter((each) => each.externalName === undefined);
  return new Set(services.flatMap((service) => [...keysBehind(service, caches)]));
}

/** The workloads of these pods, of those that it selects, and of those that it may select once these have got more labels. */
function keysSelected(
  { namespace, selector }: Pick<Service, 'namespace' | 'selector'>,
  more: readonly Pod[],
  caches: Lookups,
): ReadonlySet<WorkloadKey> {
  const pods = caches.selections.podsUnder(namespace, { matchLabels: { ...selector } });
  const toCome = [
    ...templatesUnder(namespace, selector, caches),
    ...caches.selections.workloadsSelecting(namespace, selector),
  ];
  return keysOfPods([...pods, ...more], namespace, caches).union(
    new Set(keysOfOptedIn(toCome, caches)),
  );
}

/** Where more is to be looked up it is dearer than to look at the whole namespace, and anybody may make that much. */
const MOST_SERVICES = 32;
const MOST_UNLIKE_PODS = 256;
const MOST_ADDRESSES = 1024;

type Name = Pick<Service, 'namespace' | 'name'>;

/** The workloads of its own namespace behind the Services that something leads to, by these names. */
function keysBehindThose(
  { namespace }: { namespace: string },
  names: readonly Name[],
  caches: Lookups,
): ReadonlySet<WorkloadKey> {
  const services = servicesOf(names, caches).filter((service) => service.namespace === namespace);
  if (services.length > MOST_SERVICES) return new Set(keysInNamespace({ namespace }, caches));
  return new Set(services.flatMap((service) => [...keysBehind(service, caches)]));
}

/** Other namespaces that it leads to: to Services there, or by one that is another name of one there. */
function namespacesBehind(
  { namespace }: { namespace: string },
  names: readonly Name[],
  caches: Lookups,
): string[] {
  const services = servicesOf(names, caches);
  return [
    ...services.map((service) => service.namespace).filter((each) => each !== namespace),
    ...services.flatMap((service) => namespacesNamed(service, caches)),
  ];
}

/** Each once. */
function servicesOf(names: readonly Name[], caches: Lookups): Service[] {
  return [...new Set(names.flatMap((name) => caches.service(name) ?? []))];
}

/** What the EndpointSlices of a Service list; of very many addresses the first. */
function listedBy(service: Service, caches: Lookups): Listing {
  const addresses: string[] = [];
  for (const slice of caches.slicesOf(service)) {
    addresses.push(...slice.addresses);
    if (addresses.length >= MOST_ADDRESSES) break;
  }
  return { namespace: service.namespace, addresses };
}

/** No template has the labels that controllers add to its pods. */
function templatesUnder(
  namespace: string,
  selector: Service['selector'],
  { selections }: Lookups,
): Workload[] {
  return selections.workloadsUnder(namespace, { matchLabels: withoutAddedLabels(selector) });
}

function keysOfOptedIn(workloads: readonly Workload[], caches: Lookups): WorkloadKey[] {
  return keysOf(workloads.filter((each) => caches.hasOptedIn(each)));
}

/** Those whose pods they are, or whose selector matches one; those of the namespace, where that is sooner said. */
function keysOfPods(
  pods: readonly Pod[],
  namespace: string,
  caches: Lookups,
): ReadonlySet<WorkloadKey> {
  const unlike = unlikePods(pods, { keys: undefined, partsOf: ({ ownerUid }) => [ownerUid] });
  if (unlike.length > MOST_UNLIKE_PODS) return new Set(keysInNamespace({ namespace }, caches));
  return new Set(unlike.flatMap((pod) => [...keysOfPod(pod, caches)]));
}

/** What lists addresses. */
type Listing = Pick<EndpointSlice, 'namespace' | 'addresses'>;

/** The pods of its own namespace that it lists. */
function podsListed({ namespace, addresses }: Listing, caches: Lookups): Pod[] {
  return caches.podsAt(addresses).filter((pod) => pod.namespace === namespace);
}

/** The other namespaces whose pods it lists. */
function namespacesListed({ namespace, addresses }: Listing, caches: Lookups): string[] {
  return caches
    .podsAt(addresses)
    .map((pod) => pod.namespace)
    .filter((each) => each !== namespace);
}

/** The namespaces of the Services whose other name it is, but for its own where that is looked at at once. */
function namespacesNamed(service: Service, caches: Lookups): string[] {
  return namesBehind(service, (name) => caches.service(name))
    .map(({ namespace }) => namespace)
    .filter((namespace, hop) => hop > 0 || namespace !== service.namespace);
}
