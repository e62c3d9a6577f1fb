import type { AnnotatedPort, PortReference } from '../workload/template-use.ts';
import { keptPods } from './kept-pods.ts';
import { LabelIndex } from './label-index.ts';
import type { PodShape, PortNames } from './pod-shape.ts';
import { type PortUse, usesFrom, usesOfDeclaredPorts } from './port-use.ts';
import type { ReachedService, ReachedServices } from './reached-service.ts';
import type { Selection } from './selected-shapes.ts';
import type { Monitor, MonitorEndpoint, MonitorKind } from './usage.ts';

/** A monitor, and who scrapes by it. */
type Scraper = Pick<PortUse, 'user' | 'source'>;

const SCRAPERS: Readonly<Record<MonitorKind, string>> = {
  ServiceMonitor: 'Prometheus',
  PodMonitor: 'Prometheus',
  VMServiceScrape: 'vmagent',
  VMPodScrape: 'vmagent',
  PodMonitoring: "Google's collector",
  ClusterPodMonitoring: "Google's collector",
};

/**
 * A monitor lies beside what it scrapes, which says nothing of where the scraper runs; or in another namespace, as
 * a rule that of the scraper for which it was written.
 */
function scraperBy({ kind, namespace, name }: Monitor, pods: string): Scraper {
  const presumed = isElsewhere(namespace, pods) ? namespace : undefined;
  return {
    user: `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`,
    source: { kind: 'pods', whose: SCRAPERS[kind], namespace: presumed },
  };
}

/** Whether it is of another namespace than the pods; whoever makes one of the cluster speaks for all. */
function isElsewhere(namespace: string, pods: string): boolean {
  return namespace !== '' && namespace !== pods;
}

/** Far beyond the ports of one workload that a namespace is believed about. */
const MAXIMUM_READ = 1024;

/**
 * Uses by ServiceMonitors: "port defines the name of the Service port which this endpoint refers to.
 * It takes precedence over `targetPort`. targetPort defines the name or number of the target port of
 * the `Pod` object behind the Service. The port must be specified with the container's port
 * property." (monitoring.coreos.com/v1 Endpoint) With neither, every port of the endpoints and every
 * declared one is a target.
 *
 * A number that no container declares is found, although Prometheus drops the target until one does:
 * who wrote it expects the port to answer, and others that read the kind may ask for less.
 *
 * A VMServiceScrape has the same fields with the same meaning.
 */
export function serviceMonitorUses(
  monitors: readonly Monitor[],
  namespace: string,
  services: ReachedServices,
  names: PortNames,
): PortUse[] {
  const byLabels = new LabelIndex([...services.values()], ({ service }) => service.labels);
  return usesByMonitors(monitors, namespace, (monitor) => {
    const by = scraperBy(monitor, namespace);
    const selected = byLabels.matching(monitor.selector);
    if (selected.length === 0) return undefined;
    return (endpoint) =>
      selected.flatMap((service) => {
        const shapes = keptPods(endpoint, service.shapes);
        if (shapes.length === 0) return [];
        return [
          ...serviceEndpointUses(endpoint, { ...service, shapes }, by, names),
          ...addressUses(endpoint, by),
          ...annotationUses(endpoint, by, shapes, service.service.annotatedPorts),
        ];
      });
  });
}

function serviceEndpointUses(
  { port, targetPort }: MonitorEndpoint,
  { service, shapes, ports }: ReachedService,
  by: Scraper,
  names: PortNames,
): PortUse[] {
  const through = { ...by, user: `${by.user} through Service ${service.name}` };
  // Without a port of that name there is no target: nothing connects, and nothing is cut.
  if (port !== '') {
    return ports
      .filter(({ name }) => name === port)
      .flatMap(({ targets }) => scrapes(targets, through));
  }
  if (targetPort !== undefined && targetPort !== '')
    return podPortUses(targetPort, shapes, by, names);
  const tcp = ports.filter(({ protocol }) => protocol === 'TCP');
  return [
    ...tcp.flatMap(({ targets }) => scrapes(targets, through)),
    ...usesOfDeclaredPorts(shapes, by.user, by.source),
  ];
}

/**
 * Uses by PodMonitors: "port defines the `Pod` port name which exposes the endpoint. … It takes
 * precedence over the `portNumber` and `targetPort` fields. portNumber defines the `Pod` port number
 * which exposes the endpoint. The `Pod` must declare the specified `Port` in its spec or the target
 * will be dropped by Prometheus." (monitoring.coreos.com/v1 PodMetricsEndpoint) With none of them,
 * every declared port is a target. An undeclared number is found, for the reason given above.
 *
 * A VMPodScrape, a PodMonitoring and a ClusterPodMonitoring have the same fields with the same meaning.
 */
export function podMonitorUses(
  monitors: readonly Monitor[],
  namespace: string,
  selection: Selection,
  names: PortNames,
): PortUse[] {
  return usesByMonitors(monitors, namespace, (monitor) => {
    const { shapes, once } = selection(monitor.selector);
    const scraper = scraperBy(monitor, namespace);
    const by = { ...scraper, user: `${scraper.user}${once}` };
    if (shapes.length === 0) return undefined;
    return (endpoint) => {
      const kept = keptPods(endpoint, shapes);
      if (kept.length === 0) return [];
      return [
        ...podEndpointUses(endpoint, kept, by, names),
        ...addressUses(endpoint, by),
        ...annotationUses(endpoint, by, kept, []),
      ];
    };
  });
}

/**
 * Uses by monitors. Of those of another namespace no more is read than the limit: whoever may create them
 * chooses how many there are, and how long.
 *
 * @param usesBy what an endpoint of a monitor uses; undefined where the monitor selects nothing
 */
function usesByMonitors(
  monitors: readonly Monitor[],
  namespace: string,
  usesBy: (monitor: Monitor) => ((endpoint: MonitorEndpoint) => readonly PortUse[]) | undefined,
): PortUse[] {
  const all: PortUse[] = [];
  /** By namespace, endpoints and uses. */
  const read = new Map<string, number>();
  for (const monitor of monitors) {
    const usesOf = looksInto(monitor, namespace) ? usesBy(monitor) : undefined;
    if (!usesOf) continue;
    const isOutside = isElsewhere(monitor.namespace, namespace);
    let count = read.get(monitor.namespace) ?? 0;
    for (const endpoint of monitor.endpoints) {
      if (isOutside && count >= MAXIMUM_READ) break;
      const found = usesOf(endpoint);
      const uses = isOutside ? usesFrom(found, monitor.namespace, namespace) : found;
      count += 1 + uses.length;
      for (const use of uses) all.push(use);
    }
    read.set(monitor.namespace, count);
  }
  return all;
}

function podEndpointUses(
  { port, portNumber, targetPort }: MonitorEndpoint,
  shapes: readonly PodShape[],
  by: Scraper,
  names: PortNames,
): PortUse[] {
  const reference = port === '' ? (portNumber ?? targetPort ?? '') : port;
  return reference === ''
    ? usesOfDeclaredPorts(shapes, by.user, by.source)
    : podPortUses(reference, shapes, by, names);
}

/**
 * A port of the pods, by number or by the name of a container port, whatever its protocol: Prometheus
 * scrapes over TCP. A name that no container has stays a name: "if the pod doesn't expose a port with
 * the same name, it will result in no targets being discovered".
 */
function podPortUses(
  reference: PortReference,
  shapes: readonly PodShape[],
  by: Scraper,
  names: PortNames,
): PortUse[] {
  if (typeof reference === 'number') return scrapes([reference], by);
  const numbers = names.numbersOfAnyProtocol(shapes, reference);
  return scrapes(numbers.length > 0 ? numbers : [reference], by);
}

/**
 * "To scrape targets on a port which isn't exposed, you need to use relabeling to override the
 * `__address__` label" (PodMetricsEndpoint portNumber): then that is the port which is scraped.
 */
function addressUses({ addressPorts, askedPorts = [] }: MonitorEndpoint, by: Scraper): PortUse[] {
  return [
    ...scrapes(addressPorts, { ...by, user: `${by.user} relabeling of __address__` }),
    ...scrapes(askedPorts, { ...by, user: `${by.user} relabeling of __param_target` }),
  ];
}

/** The same where the port stands in an annotation or a label of the pods, or of their Service. */
function annotationUses(
  { addressAnnotations = [] }: MonitorEndpoint,
  by: Scraper,
  shapes: readonly PodShape[],
  ofService: readonly AnnotatedPort[] = [],
): PortUse[] {
  if (addressAnnotations.length === 0) return [];
  const annotated = {
    pod: shapes.flatMap(({ use }) => use.annotatedPorts ?? []),
    service: ofService,
  };
  const ports = addressAnnotations.flatMap(({ of, name, isLabel }) =>
    annotated[of]
      .filter((each) => each.name === name && each.isLabel === isLabel)
      .map(({ port }) => port),
  );
  return scrapes([...new Set(ports)], { ...by, user: `${by.user} relabeling of __address__` });
}

function scrapes(ports: readonly PortReference[], { user, source }: Scraper): PortUse[] {
  return ports.map((port) => ({ port, protocol: 'TCP', user, source }));
}

/**
 * "any: Boolean describing whether all namespaces are selected in contrast to a list restricting
 * them. matchNames: List of namespace names to select from." (NamespaceSelector) With neither, the
 * monitor's own namespace.
 */
function looksInto({ namespaceSelector, namespace: own }: Monitor, namespace: string): boolean {
  const { any, matchNames } = namespaceSelector;
  if (any) return true;
  return matchNames.length > 0 ? matchNames.includes(namespace) : own === namespace;
}
