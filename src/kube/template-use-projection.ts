import type {
  AnnotatedPort,
  ContainerHandler,
  ScrapeAnnotations,
  TemplateUse,
} from '../domain/workload/template-use.ts';
import {
  entriesOf,
  fieldsOf,
  optionalTextOf,
  portNumberOf,
  portReferenceOf,
  textOf,
} from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const HOOKS = [
  ['postStart', 'postStart hook'],
  ['preStop', 'preStop hook'],
] as const;

/** What a pod template, or a pod, says about the use of its ports; both have `metadata` and `spec`. */
export function projectTemplateUse(template: unknown): TemplateUse {
  const { metadata, spec } = fieldsOf(template);
  const containers = servingContainers(fieldsOf(spec));
  const annotations = fieldsOf(fieldsOf(metadata).annotations);
  const annotated = annotatedPorts(annotations);
  return {
    containers: containers.map(({ name }) => textOf(name)),
    handlers: containers.flatMap(containerHandlers),
    scrape: scrapeAnnotations(annotations),
    ...(annotated.length > 0 && { annotatedPorts: annotated }),
  };
}

/**
 * The values of the `prometheus.io/` annotations. Many an application brings a Prometheus of its own that goes by a key
 * with another prefix, as `sourcegraph.prometheus/scrape`, beside the port. Where the usual key is not there, one of those counts.
 */
export function scrapeAnnotations(annotations: Fields): ScrapeAnnotations {
  const ofVendors = Object.entries(annotations)
    .filter(([key]) => key.endsWith('/scrape'))
    .flatMap(([, value]) => optionalTextOf(value) ?? []);
  return {
    scrape:
      optionalTextOf(annotations['prometheus.io/scrape']) ??
      ofVendors.find((value) => /^\s*true\s*$/i.test(value)) ??
      ofVendors[0],
    ...scrapedPort(annotations),
  };
}

/** "Specifies the port to scrape, by number" (Grafana's Helm chart for Kubernetes monitoring, annotations) */
const GRAFANA_PORT = 'k8s.grafana.com/metrics.portNumber';

function scrapedPort(annotations: Fields): Pick<ScrapeAnnotations, 'port' | 'portKey'> {
  const usual = optionalTextOf(annotations['prometheus.io/port']);
  const port = usual ?? optionalTextOf(annotations[GRAFANA_PORT]);
  return usual === undefined && port !== undefined ? { port, portKey: GRAFANA_PORT } : { port };
}

/** Far more than anybody needs; they are kept of every pod. */
const MOST_ANNOTATED_PORTS = 16;

/** The annotations whose key speaks of a port and whose value is one. */
export function annotatedPorts(annotations: Fields): AnnotatedPort[] {
  return Object.entries(annotations)
    .flatMap(([key, value]): AnnotatedPort[] => {
      const port = /port/i.test(key) ? annotatedPort(value) : undefined;
      return port === undefined ? [] : [{ name: key.replaceAll(/[^a-zA-Z0-9_]/g, '_'), port }];
    })
    .slice(0, MOST_ANNOTATED_PORTS);
}

/** The port number that the value of an annotation is; undefined of a name, as `traffic-port`. */
export function annotatedPort(value: unknown): number | undefined {
  return /^\d{1,5}$/.test(textOf(value)) ? portNumberOf(Number(value)) : undefined;
}

/**
 * Containers and native sidecars. Other "init containers may not have Lifecycle actions, Readiness
 * probes, Liveness probes, or Startup probes" (core/v1 PodSpec initContainers).
 */
function servingContainers(spec: Fields): Fields[] {
  const sidecars = entriesOf(spec.initContainers)
    .map(fieldsOf)
    .filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...entriesOf(spec.containers).map(fieldsOf), ...sidecars];
}

function containerHandlers(container: Fields): ContainerHandler[] {
  const name = textOf(container.name);
  const lifecycle = fieldsOf(container.lifecycle);
  const probes = PROBES.flatMap((handler) => {
    const { httpGet, tcpSocket, grpc } = fieldsOf(container[handler]);
    const port =
      portReferenceOf(fieldsOf(httpGet).port) ?? portReferenceOf(fieldsOf(tcpSocket).port);
    const host = textOf(fieldsOf(httpGet).host) || textOf(fieldsOf(tcpSocket).host);
    return handlerOn(name, handler, port ?? portNumberOf(fieldsOf(grpc).port), host);
  });
  // "TCPSocket is NOT supported as a LifecycleHandler and kept for backward compatibility. …
  // lifecycle hooks will fail at runtime when it is specified", and there is no gRPC hook.
  const hooks = HOOKS.flatMap(([field, handler]) => {
    const { port, host } = fieldsOf(fieldsOf(lifecycle[field]).httpGet);
    return handlerOn(name, handler, portReferenceOf(port), textOf(host));
  });
  return [...probes, ...hooks];
}

function handlerOn(
  container: string,
  handler: ContainerHandler['handler'],
  port: ContainerHandler['port'] | undefined,
  host: string,
): ContainerHandler[] {
  return port === undefined ? [] : [{ container, handler, port, host }];
}
