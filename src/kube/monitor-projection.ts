import type { LabelSelector } from '../api/kubernetes.ts';
import type {
  AddressAnnotation,
  Monitor,
  MonitorEndpoint,
  MonitorKind,
} from '../domain/preflight/usage.ts';
import { annotatedPort } from './annotated-ports.ts';
import { keptTargets } from './kept-targets.ts';
import {
  entriesOf,
  fieldsOf,
  identityOf,
  portNumberOf,
  portReferenceOf,
  textMapOf,
  textOf,
  textsOf,
} from './wire-fields.ts';

/** The field with the endpoints. */
const ENDPOINTS: Readonly<Record<MonitorKind, string>> = {
  ServiceMonitor: 'endpoints',
  VMServiceScrape: 'endpoints',
  PodMonitor: 'podMetricsEndpoints',
  VMPodScrape: 'podMetricsEndpoints',
  PodMonitoring: 'endpoints',
  ClusterPodMonitoring: 'endpoints',
};

/**
 * The projection of that kind; those of VictoriaMetrics differ in how relabelings are spelled alone. Google's look into
 * their own namespace, or into all, and name a port by "Name or number of the port to scrape" (ScrapeEndpoint port).
 */
export function projectMonitor(kind: MonitorKind) {
  return (wire: object): Monitor => {
    const spec = fieldsOf(fieldsOf(wire).spec);
    const { any, matchNames } = fieldsOf(spec.namespaceSelector);
    return {
      kind,
      ...identityOf(wire),
      selector: projectLabelSelector(spec.selector),
      namespaceSelector: {
        any: kind === 'ClusterPodMonitoring' || any === true,
        matchNames: textsOf(matchNames),
      },
      endpoints: entriesOf(spec[ENDPOINTS[kind]]).map(projectEndpoint),
    };
  };
}

/** Longer than any port may be called: "no more than 63 characters", of which container ports have 15. */
const MAXIMUM_NAME_LENGTH = 64;
/** A key of an annotation is a prefix of 253 characters, a slash, and a name of 63. */
const MAXIMUM_KEY_LENGTH = 317;
/** Each relabeling of an address replaces the one before. */
const MAXIMUM_ADDRESSES = 16;

function projectEndpoint(endpoint: unknown): MonitorEndpoint {
  const { port, portNumber, targetPort, relabelings, relabelConfigs } = fieldsOf(endpoint);
  const reference = portReferenceOf(targetPort);
  const written = [...entriesOf(relabelings), ...entriesOf(relabelConfigs)].map(fieldsOf);
  const annotations = addressAnnotations(written).slice(0, MAXIMUM_ADDRESSES);
  const asked = written.flatMap(askedPort).slice(0, MAXIMUM_ADDRESSES);
  return {
    port: shortened(textOf(port)),
    portNumber: portNumberOf(portNumber) ?? portNumberOf(port),
    targetPort: typeof reference === 'string' ? shortened(reference) : reference,
    addressPorts: [
      ...written.filter(isOfAddress).flatMap(addressPort),
      ...keptPorts(written),
    ].slice(0, MAXIMUM_ADDRESSES),
    ...(annotations.length > 0 && { addressAnnotations: annotations }),
    ...(asked.length > 0 && { askedPorts: asked }),
    ...keptTargets(written),
  };
}

/** What is longer than any name stays a name that nothing has; it is kept of every workload that is selected. */
function shortened(name: string): string {
  return name.slice(0, MAXIMUM_NAME_LENGTH);
}

const ADDRESS = '__address__';

type Relabeling = Readonly<Record<string, unknown>>;

/** VictoriaMetrics takes the spelling of Prometheus' own configuration, too. */
function targetOf({ targetLabel, target_label: asConfigured }: Relabeling): string {
  return textOf(targetLabel ?? asConfigured);
}

function sourcesOf({ sourceLabels, source_labels: asConfigured }: Relabeling): string[] {
  return textsOf(sourceLabels ?? asConfigured);
}

function isOfAddress(relabeling: Relabeling): boolean {
  return targetOf(relabeling) === ADDRESS;
}

/**
 * The literal port that a relabeling such as `replacement: $1:9102` writes into `__address__`. With a literal host before it
 * somebody else is asked, as a blackbox exporter is.
 */
function addressPort({ replacement }: Relabeling): number[] {
  return portBehindVariable(textOf(replacement), /:(\d{1,5})$/);
}

/**
 * The literal port that a relabeling writes into the parameter by which an exporter of many targets is told whom to ask, as
 * `replacement: http://$1:9102/health` is for the blackbox exporter.
 */
function askedPort(relabeling: Relabeling): number[] {
  if (targetOf(relabeling) !== '__param_target') return [];
  return portBehindVariable(textOf(relabeling.replacement), /:(\d{1,5})(?:[/?].*)?$/s);
}

/** In two steps, as one pattern for both takes time by the square of a text's length, and the text is a tenant's. */
function portBehindVariable(text: string, portAtEnd: RegExp): number[] {
  const found = portAtEnd.exec(text);
  if (!found || !text.slice(0, found.index).includes('$')) return [];
  const port = portNumberOf(Number(found[1]));
  return port === undefined ? [] : [port];
}

/** The literal ports that relabelings put in a label of their own first, and write into `__address__` from there. */
function keptPorts(relabelings: readonly Relabeling[]): number[] {
  const kept = new Map<string, number>();
  return relabelings.flatMap((relabeling) => {
    const target = targetOf(relabeling);
    if (target === ADDRESS) return sourcesOf(relabeling).flatMap((label) => kept.get(label) ?? []);
    const [port] = [annotatedPort(relabeling.replacement) ?? addressPort(relabeling)].flat();
    if (port !== undefined) kept.set(target, port);
    return [];
  });
}

/**
 * The annotations that relabelings into `__address__` read: "__meta_kubernetes_pod_annotation_<annotationname>: Each
 * annotation from the pod object" (Prometheus, kubernetes_sd_config), and the same of a Service and of labels. One may stand in a label
 * of its own before: "if a relabeling step needs to store a label value only temporarily, use the __tmp label name prefix".
 */
function addressAnnotations(relabelings: readonly Relabeling[]): AddressAnnotation[] {
  const found: AddressAnnotation[] = [];
  const kept = new Map<string, readonly AddressAnnotation[]>();
  for (const relabeling of relabelings) {
    if (found.length >= MAXIMUM_ADDRESSES) break;
    const read = sourcesOf(relabeling)
      .flatMap((label) => annotationBehind(label) ?? kept.get(label) ?? [])
      .slice(0, MAXIMUM_ADDRESSES);
    const target = targetOf(relabeling);
    if (target === ADDRESS) found.push(...read);
    // What does not match leaves what was there before.
    else kept.set(target, [...(kept.get(target) ?? []), ...read].slice(0, MAXIMUM_ADDRESSES));
  }
  return found;
}

function annotationBehind(label: string): AddressAnnotation | undefined {
  const [, of, what, name = ''] =
    /^__meta_kubernetes_(pod|service|endpoints|endpointslice)_(annotation|label)_(.+)$/.exec(
      label,
    ) ?? [];
  if (of === undefined) return undefined;
  return {
    // Endpoints and their slices have the labels of their Service.
    of: of === 'pod' ? 'pod' : 'service',
    name: name.slice(0, MAXIMUM_KEY_LENGTH),
    ...(what === 'label' && { isLabel: true as const }),
  };
}

/** A selector without what cannot be read: an expression is kept even then, and matches nothing. */
function projectLabelSelector(selector: unknown): LabelSelector {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  return {
    matchLabels: textMapOf(matchLabels),
    matchExpressions: entriesOf(matchExpressions).map((expression) => {
      const { key, operator, values } = fieldsOf(expression);
      return { key: textOf(key), operator: textOf(operator), values: textsOf(values) };
    }),
  };
}
