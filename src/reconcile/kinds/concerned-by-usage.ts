import { withoutAddedLabels } from '../../domain/preflight/controller-labels.ts';
import { namesBehind, serviceNamed } from '../../domain/preflight/external-name.ts';
import type { EndpointSlice, Ingress, Service } from '../../domain/preflight/usage.ts';
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
  const elsewhere = (service: Service) => [
    ...namespacesNamed(service, caches),
    ...caches.slicesOf(service).flatMap((slice) => namespacesListed(slice, caches)),
    // It tells where the controller of these Ingresses runs.
    ...caches
      .ingressesAt(service.addresses)
      .flatMap((ingress) => [ingress.namespace, ...namespacesLedTo(ingress, caches)]),
  ];
  return both(keysBehind, elsewhere)(change, caches);
}

/** Those whose pods it lists, at once; those of other namespaces gathered. */
export function concernedBySlice(change: Change<EndpointSlice>, caches: Lookups): Concerned {
  const keysListed = (slice: EndpointSlice) => keysOfPods(podsListed(slice, caches), caches);
  const elsewhere = (slice: EndpointSlice) => namespacesListed(slice, caches);
  return both(keysListed, elsewhere)(change, caches);
}

/** Those behind the Services that it leads to, at once; where such a Service is another name, those elsewhere gathered. */
export function concernedByIngress(change: Change<Ingress>, caches: Lookups): Concerned {
  const keysLedTo = (ingress: Ingress) =>
    servicesOf(ingress, caches).flatMap((service) => [...keysBehind(service, caches)]);
  const elsewhere = (ingress: Ingress) => namespacesLedTo(ingress, caches);
  return both(keysLedTo, elsewhere)(change, caches);
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
function keysBehind(service: Service, caches: Lookups): Set<WorkloadKey> {
  const { namespace, selector, externalName } = service;
  if (externalName !== undefined) {
    const isHere = serviceNamed(externalName)?.namespace === namespace;
    return new Set(isHere ? keysInNamespace(service, caches) : []);
  }
  const listed = caches.slicesOf(service).flatMap((slice) => podsListed(slice, caches));
  if (Object.keys(selector).length === 0) return keysOfPods(listed, caches);
  const pods = caches.selections.podsUnder(namespace, { matchLabels: { ...selector } });
  const toCome = templatesUnder(namespace, selector, caches);
  return keysOfPods([...pods, ...listed], caches).union(new Set(keysOfOptedIn(toCome, caches)));
}

function servicesOf({ namespace, backends }: Ingress, caches: Lookups): Service[] {
  return backends.flatMap(({ service }) => caches.service({ namespace, name: service }) ?? []);
}

/** Other namespaces to which an Ingress leads: by a Service that is another name of one there. */
function namespacesLedTo(ingress: Ingress, caches: Lookups): string[] {
  return servicesOf(ingress, caches).flatMap((service) => namespacesNamed(service, caches));
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

/** Those whose pods they are, or whose selector matches one. */
function keysOfPods(pods: readonly Pod[], caches: Lookups): Set<WorkloadKey> {
  return new Set(pods.flatMap((pod) => [...keysOfPod(pod, caches)]));
}

/** The pods of its own namespace that an EndpointSlice lists. */
function podsListed({ namespace, addresses }: EndpointSlice, caches: Lookups): Pod[] {
  return caches.podsAt(addresses).filter((pod) => pod.namespace === namespace);
}

/** The other namespaces whose pods it lists. */
function namespacesListed({ namespace, addresses }: EndpointSlice, caches: Lookups): string[] {
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
