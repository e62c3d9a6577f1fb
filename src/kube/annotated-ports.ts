import type {
  AnnotatedPort,
  CollectedPort,
  ScrapeAnnotations,
} from '../domain/workload/template-use.ts';
import { fieldsOf, optionalTextOf, portNumberOf, textOf } from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

const SCRAPE = 'prometheus.io/scrape';
const PORT = 'prometheus.io/port';

/** What the annotations of a pod, or of a Service, tell whoever collects metrics. */
export function scrapeAnnotations(annotations: Fields): ScrapeAnnotations {
  const collected = collectedPorts(annotations);
  return {
    scrape: scrapeValue(annotations),
    port: optionalTextOf(annotations[PORT]),
    ...(collected.length > 0 && { collected }),
  };
}

/** What a second job of Prometheus' Helm chart goes by, for what takes long: "scrape-slow", whatever the first is told. */
const SLOW = ['prometheus.io/scrape-slow', 'prometheus.io/scrape_slow'];

/**
 * Many an application brings a Prometheus of its own that goes by a key with another prefix, as
 * `sourcegraph.prometheus/scrape`, beside the usual port. One that is true counts whatever the usual key says, which
 * may be there to keep another Prometheus out.
 */
function scrapeValue(annotations: Fields): string | undefined {
  const isSlow = SLOW.some((key) => isTrue(textOf(annotations[key])));
  const usual = isSlow ? 'true' : optionalTextOf(annotations[SCRAPE]);
  const ofVendors = Object.entries(annotations)
    .filter(([key]) => VENDOR_SCRAPE.test(key) && portOfVendor(key, annotations) === undefined)
    .flatMap(([, value]) => optionalTextOf(value) ?? []);
  return ofVendors.find(isTrue) ?? usual ?? ofVendors[0];
}

function isTrue(value: string): boolean {
  return /^\s*true\s*$/i.test(value);
}

/** Far more than anybody needs; they are kept of every pod. */
const MOST_COLLECTED = 16;

/** The ports that annotations of vendors name, for whoever goes by these. */
function collectedPorts(annotations: Fields): CollectedPort[] {
  const found = Object.entries(annotations).flatMap(([key, value]) => {
    const text = textOf(value);
    const port = isTrue(text) ? portOfVendor(key, annotations) : undefined;
    return [
      ...(port ? [port] : []),
      ...portsAlone(key, annotations),
      ...(isSwitchedOff(key, annotations) ? [] : portsOfTemplate(key, text)),
    ];
  });
  const byKey = new Map(found.map((each) => [`${each.key} ${each.port}`, each]));
  return [...byKey.values()].slice(0, MOST_COLLECTED);
}

/** A vendor's key by which something is to be scraped, as `example.com/scrape` or `example.com/prometheus-scrape`. */
const VENDOR_SCRAPE = /^(.+\/(?:(?:prometheus|metrics)[-_.])?)scrape$/;
/** The same of whatever, as `profiles.grafana.com/memory.scrape` for a profiler, and `prometheus.io.scrape` of old. */
const ANY_SCRAPE = /^(.+[/._-])scrape$/;

/**
 * The port beside a vendor's key for `scrape`: "metrics.dynatrace.com/port" (Dynatrace docs), and "Specifies the port to
 * scrape, by number" (Grafana's Helm chart for Kubernetes monitoring, k8s.grafana.com/metrics.portNumber).
 */
function portOfVendor(scrapeKey: string, annotations: Fields): CollectedPort | undefined {
  const [, vendor] = ANY_SCRAPE.exec(scrapeKey) ?? [];
  if (vendor === undefined || scrapeKey === SCRAPE) return undefined;
  return [`${vendor}port`, `${vendor}metrics.portNumber`].flatMap((key) => {
    const port = annotatedPort(annotations[key]);
    return port === undefined ? [] : [{ key, port }];
  })[0];
}

/** A key about a port, as `prometheus.io/port_1`, `promcat.sysdig.com/port`, or `example.com/metricsPort`, with its vendor. */
const PORT_ALONE = /^([^/]+\/)(?:(?:prometheus|metrics?|scrape)[-_.]?)?ports?(?:[-_.]?\d+)?$/i;
const OF_PROMETHEUS = /prom(?:etheus|cat)/i;

/** Ports by such a key, where the vendor's key for `scrape` is true, or where there is none and the vendor speaks of Prometheus. */
function portsAlone(key: string, annotations: Fields): CollectedPort[] {
  const [, vendor] = PORT_ALONE.exec(key) ?? [];
  if (vendor === undefined || key === PORT) return [];
  const scrape = optionalTextOf(annotations[`${vendor}scrape`]);
  const isMeant = scrape === undefined ? OF_PROMETHEUS.test(vendor) : isTrue(scrape);
  return isMeant ? portsListed(annotations[key]).map((port) => ({ key, port })) : [];
}

/** Of Datadog, Elastic and OpenTelemetry; those about a Service itself name a port of that Service. */
const TEMPLATES =
  /^(?:ad\.datadoghq\.com\/(?!service\.)|co\.elastic\.(?:metrics|monitor)\/|io\.opentelemetry\.discovery\.)/;

/** "io.opentelemetry.discovery.metrics/enabled" (OpenTelemetry's receiver_creator), for all or for one port: it may stay there as "false". */
function isSwitchedOff(key: string, annotations: Fields): boolean {
  const [, collector] = /^(io\.opentelemetry\.discovery\.[^/]+\/)/.exec(key) ?? [];
  return collector !== undefined && textOf(annotations[`${collector}enabled`]) === 'false';
}

/**
 * "%%host%%: Auto-detects the network" (Datadog docs, template variables); `${data.host}` is Elastic's word for it (hints-based
 * autodiscover), and `endpoint` in backticks that of OpenTelemetry's Collector (receiver_creator). Checks of Datadog that take
 * no URL name the port beside the host: `"host": "%%host%%", "port": "6379"`.
 */
function portsOfTemplate(key: string, text: string): CollectedPort[] {
  if (!TEMPLATES.test(key)) return [];
  const found = text.matchAll(
    /(?:%%host(?:_[\w-]+)?%%|\$\{data\.host\}|`endpoint`):(\d{1,5})(?!\d)/g,
  );
  const beside = text.includes('%%host') ? text.matchAll(/"port"\s*:\s*"?(\d{1,5})(?!\d)/g) : [];
  const ports = [...found, ...beside].flatMap(([, digits]) => annotatedPort(digits) ?? []);
  return [...new Set(ports)].map((port) => ({ key, port }));
}

/** Far more than anybody needs; they are kept of every pod. */
const MOST_ANNOTATED_PORTS = 16;

/**
 * The annotations whose value is a port, and the annotations and labels whose key speaks of one and whose value lists
 * some: which of them a monitor reads, its relabelings say.
 */
export function annotatedPorts(metadata: {
  annotations?: unknown;
  labels?: unknown;
}): AnnotatedPort[] {
  const annotations = fieldsOf(metadata.annotations);
  return [
    // Those whose key speaks of a port are meant more often than numbers under other keys.
    ...[...portsAmong(annotations, portsOfKey), ...portsAmong(annotations, portOfOtherKey)].slice(
      0,
      MOST_ANNOTATED_PORTS,
    ),
    ...portsAmong(fieldsOf(metadata.labels), portsOfKey).map((each) => ({
      ...each,
      isLabel: true as const,
    })),
  ];
}

function portsAmong(
  texts: Fields,
  portsOf: (key: string, value: unknown) => readonly number[],
): AnnotatedPort[] {
  return Object.entries(texts)
    .flatMap(([key, value]) => {
      const name = key.replaceAll(/[^a-zA-Z0-9_]/g, '_');
      return portsOf(key, value).map((port) => ({ name, port }));
    })
    .slice(0, MOST_ANNOTATED_PORTS);
}

/** None of portlock's own, whose prefix speaks of one. */
function isAboutPort(key: string): boolean {
  return /port/i.test(key) && !key.startsWith('portlock.dev/');
}

function portsOfKey(key: string, value: unknown): readonly number[] {
  return isAboutPort(key) ? portsListed(value) : [];
}

/** None of Kubernetes' own, whose numbers differ from pod to pod. */
function portOfOtherKey(key: string, value: unknown): readonly number[] {
  const isOwn = /port/i.test(key) || /kubernetes\.io\//.test(key);
  const port = isOwn ? undefined : annotatedPort(value);
  return port === undefined ? [] : [port];
}

/** The ports of a value such as `9102`, `9102,9103`, `:9102`, or `10.0.0.1:9102/metrics`; none where it holds anything else. */
function portsListed(value: unknown): readonly number[] {
  const parts = textOf(value).split(/[\s,;|]+/);
  const ports = parts.map((part) =>
    annotatedPort(/^(?:[^/]*:)?(\d{1,5})(?:\/.*)?$/.exec(part)?.[1]),
  );
  return ports.every((port) => port !== undefined) ? ports : [];
}

/** The port number that the value of an annotation is; undefined of a name, as `traffic-port`. */
export function annotatedPort(value: unknown): number | undefined {
  return /^\d{1,5}$/.test(textOf(value)) ? portNumberOf(Number(value)) : undefined;
}
