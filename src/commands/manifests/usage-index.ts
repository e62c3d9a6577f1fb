import { canonicalAddress } from '../../domain/preflight/endpoint-slice.ts';
import { aliasesInto, serviceNamed } from '../../domain/preflight/external-name.ts';
import { servicesLedTo } from '../../domain/preflight/ingress.ts';
import { servicesNamedBy } from '../../domain/preflight/named-service.ts';
import type {
  ClusterUsage,
  EndpointSlice,
  Ingress,
  Route,
  Service,
} from '../../domain/preflight/usage.ts';
import { withoutAddedLabels } from '../../domain/workload/controller-labels.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import { objectKey } from '../../kube/resource.ts';
import type { ManifestCluster } from './cluster.ts';
import { Selecting } from './selecting.ts';

type Labels = Readonly<Record<string, string>>;

/** What may make somebody connect to pods, found without a look at all that leads elsewhere. */
export class UsageIndex {
  readonly #usage: ManifestCluster['usage'];
  readonly #services = new Selecting<Service>();
  readonly #servicesOf: ReadonlyMap<string, readonly Service[]>;
  /** By the namespace of the Service whose other name each is. */
  readonly #aliasesOf: ReadonlyMap<string | undefined, readonly Service[]>;
  readonly #slicesOf: ReadonlyMap<string, ClusterUsage['endpointSlices']>;
  readonly #slicesAt = new Map<string, EndpointSlice[]>();
  /** By the Service that their annotations name. */
  readonly #namingOf = new Map<string, Set<Service>>();
  readonly #ingressesOf = new Map<string, Set<Ingress>>();
  readonly #routesOf = new Map<string, Set<Route>>();

  constructor(usage: ManifestCluster['usage']) {
    this.#usage = usage;
    this.#servicesOf = Map.groupBy(usage.services, ({ namespace }) => namespace);
    this.#aliasesOf = Map.groupBy(
      usage.services,
      ({ externalName }) => serviceNamed(externalName)?.namespace,
    );
    this.#slicesOf = Map.groupBy(usage.endpointSlices, ({ namespace }) => namespace);
    for (const slice of usage.endpointSlices)
      for (const address of slice.addresses.map(canonicalAddress))
        this.#slicesAt.set(address, [...(this.#slicesAt.get(address) ?? []), slice]);
    // One without a selector may be anybody's; no template has what a controller adds to its pods.
    for (const service of usage.services)
      this.#services.add(service, service.namespace, {
        matchLabels: withoutAddedLabels(service.selector),
      });
    for (const service of usage.services)
      for (const name of servicesNamedBy(service)) put(this.#namingOf, name, service);
    for (const ingress of usage.ingresses)
      for (const service of servicesLedTo(ingress)) put(this.#ingressesOf, service, ingress);
    for (const route of usage.routes)
      for (const { namespace = route.namespace, name } of route.backends)
        put(this.#routesOf, { namespace, name }, route);
  }

  /** What may concern pods of a namespace and of a workload with any of these labels, and those that are at these addresses. */
  usageOf(
    namespace: string,
    {
      labels,
      addresses,
      workload,
    }: { labels: readonly Labels[]; addresses: readonly string[]; workload: Workload },
  ): ClusterUsage {
    const endpointSlices = this.#slicesOf.get(namespace) ?? [];
    const elsewhere = [
      ...new Set(
        addresses.flatMap((address) => this.#slicesAt.get(canonicalAddress(address)) ?? []),
      ),
    ].filter((slice) => slice.namespace !== namespace);
    // Slices lead to pods whatever the selector of their Service says.
    const services =
      endpointSlices.length > 0
        ? (this.#servicesOf.get(namespace) ?? [])
        : [...this.#services.candidates(namespace, labels), ...this.#services.awaiting(workload)];
    const aliases = aliasesInto(namespace, (each) => this.#aliasesOf.get(each) ?? []);
    const keys = [...services, ...aliases].map(objectKey);
    const naming = keys.flatMap((key) => [...(this.#namingOf.get(key) ?? [])]);
    return {
      ...this.#usage,
      services: [
        ...new Set([...services, ...aliases, ...this.#servicesOfSlices(elsewhere), ...naming]),
      ],
      endpointSlices: [...endpointSlices, ...elsewhere],
      ingresses: [...new Set(keys.flatMap((key) => [...(this.#ingressesOf.get(key) ?? [])]))],
      routes: [...new Set(keys.flatMap((key) => [...(this.#routesOf.get(key) ?? [])]))],
    };
  }

  #servicesOfSlices(slices: readonly EndpointSlice[]): readonly Service[] {
    const keys = new Set(
      slices.map(({ namespace, service }) => objectKey({ namespace, name: service })),
    );
    const namespaces = new Set(slices.map(({ namespace }) => namespace));
    return [...namespaces]
      .flatMap((namespace) => this.#servicesOf.get(namespace) ?? [])
      .filter((service) => keys.has(objectKey(service)));
  }
}

function put<T>(
  index: Map<string, Set<T>>,
  service: { namespace: string; name: string },
  item: T,
): void {
  const key = objectKey(service);
  const items = index.get(key);
  if (items) items.add(item);
  else index.set(key, new Set([item]));
}
