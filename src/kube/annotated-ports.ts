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
 * `sourcegraph.prometheus/scrape`, beside the usual port. Where the usual key is not there, one of those counts.
 */
function scrapeValue(annotations: Fields): string | undefined {
  const isSlow = SLOW.some((key) => isTrue(textOf(annotations[key])));
  const usual = isSlow ? 'true' : optionalTextOf(annotations[SCRAPE]);
  if (usual !== undefined) return usual;
  const ofVendors = Object.entries(annotations)
    .filter(([key]) => VENDOR_SCRAPE.test(key) && portOfVendor(key, annotations) === undefined)
    .flatMap(([, value]) => optionalTextOf(value) ?? []);
  return ofVendors.find(isTrue) ?? ofVendors[0];
}

function isTrue(value: string): boolean {
  return /^\s*true\s*$/i.test(value);
}

/** Far more than anybody needs; they are kept of every pod. */
const MOST_COLLECTED = 16;

/** The ports that annotations of vendors name, for whoever goes by these. */
function collectedPorts(annotations: Fields): CollectedPort[] {
  return Object.entries(annotations)
    .flatMap(([key, value]) => {
      const text = textOf(value);
      const port = isTrue(text) ? portOfVendor(key, annotations) : undefined;
      const alone = portAlone(key, annotations);
      return [...(port ? [port] : []), ...(alone ? [alone] : []), ...portsOfTemplate(key, text)];
    })
    .slice(0, MOST_COLLECTED);
}

/** A vendor's key by which something is to be scraped, as `example.com/scrape` or `example.com/prometheus-scrape`. */
const VENDOR_SCRAPE = /^(.+\/(?:(?:prometheus|metrics)[-_.])?)scrape$/;

/**
 * The port beside a vendor's key for `scrape`: "metrics.dynatrace.com/port" (Dynatrace docs), and "Specifies the port to
 * scrape, by number" (Grafana's Helm chart for Kubernetes monitoring, k8s.grafana.com/metrics.portNumber).
 */
function portOfVendor(scrapeKey: string, annotations: Fields): CollectedPort | undefined {
  const [, vendor] = VENDOR_SCRAPE.exec(scrapeKey) ?? [];
  if (vendor === undefined || scrapeKey === SCRAPE) return undefined;
  return [`${vendor}port`, `${vendor}metrics.portNumber`].flatMap((key) => {
    const port = annotatedPort(annotations[key]);
    return port === undefined ? [] : [{ key, port }];
  })[0];
}

/** A port by a vendor's key that speaks of Prometheus, as `prometheus.example.com/port`, where no key of it says `scrape`. */
function portAlone(key: string, annotations: Fields): CollectedPort | undefined {
  const [, vendor] = /^([^/]*prometheus[^/]*)\/port$/i.exec(key) ?? [];
  if (vendor === undefined || key === PORT || `${vendor}/scrape` in annotations) return undefined;
  const port = annotatedPort(annotations[key]);
  return port === undefined ? undefined : { key, port };
}

/** Of Datadog and Elastic; those about a Service itself name a port of that Service. */
const TEMPLATES = /^(?:ad\.datadoghq\.com\/(?!service\.)|co\.elastic\.(?:metrics|monitor)\/)/;

/**
 * "%%host%%: Auto-detects the network" (Datadog docs, template variables); `${data.host}` is Elastic's word for it (hints-based
 * autodiscover). Checks of Datadog that take no URL name the port beside the host: `"host": "%%host%%", "port": "6379"`.
 */
function portsOfTemplate(key: string, text: string): CollectedPort[] {
  if (!TEMPLATES.test(key)) return [];
  const found = text.matchAll(/(?:%%host(?:_[\w-]+)?%%|\$\{data\.host\}):(\d{1,5})(?!\d)/g);
  const beside = text.includes('%%host') ? text.matchAll(/"port"\s*:\s*"?(\d{1,5})(?!\d)/g) : [];
  const ports = [...found, ...beside].flatMap(([, digits]) => annotatedPort(digits) ?? []);
  return [...new Set(ports)].map((port) => ({ key, port }));
}

/** Far more than anybody needs; they are kept of every pod. */
const MOST_ANNOTATED_PORTS = 16;

/** The annotations, and the labels, whose key speaks of a port and whose value is one. */
export function annotatedPorts(metadata: {
  annotations?: unknown;
  labels?: unknown;
}): AnnotatedPort[] {
  return [
    ...portsAmong(fieldsOf(metadata.annotations)),
    ...portsAmong(fieldsOf(metadata.labels)).map((each) => ({ ...each, isLabel: true as const })),
  ];
}

function portsAmong(texts: Fields): AnnotatedPort[] {
  return Object.entries(texts)
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
