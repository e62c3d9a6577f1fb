import type { LabelSelector } from '../api/kubernetes.ts';
import type { Monitor, MonitorEndpoint } from '../domain/preflight/usage.ts';
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

/** Projects a ServiceMonitor. */
export function projectServiceMonitor(wire: object): Monitor {
  return projectMonitor(wire, 'endpoints');
}

/** Projects a PodMonitor. */
export function projectPodMonitor(wire: object): Monitor {
  return projectMonitor(wire, 'podMetricsEndpoints');
}

function projectMonitor(wire: object, endpoints: 'endpoints' | 'podMetricsEndpoints'): Monitor {
  const spec = fieldsOf(fieldsOf(wire).spec);
  const { any, matchNames } = fieldsOf(spec.namespaceSelector);
  return {
    ...identityOf(wire),
    selector: projectLabelSelector(spec.selector),
    namespaceSelector: { any: any === true, matchNames: textsOf(matchNames) },
    endpoints: entriesOf(spec[endpoints]).map(projectEndpoint),
  };
}

/** Longer than any port may be called: "no more than 63 characters", of which container ports have 15. */
const MAXIMUM_NAME_LENGTH = 64;
/** Each relabeling of an address replaces the one before. */
const MAXIMUM_ADDRESSES = 16;

function projectEndpoint(endpoint: unknown): MonitorEndpoint {
  const { port, portNumber, targetPort, relabelings } = fieldsOf(endpoint);
  const reference = portReferenceOf(targetPort);
  return {
    port: shortened(textOf(port)),
    portNumber: portNumberOf(portNumber),
    targetPort: typeof reference === 'string' ? shortened(reference) : reference,
    addressPorts: entriesOf(relabelings).flatMap(addressPort).slice(0, MAXIMUM_ADDRESSES),
  };
}

/** What is longer than any name stays a name that nothing has; it is kept of every workload that is selected. */
function shortened(name: string): string {
  return name.slice(0, MAXIMUM_NAME_LENGTH);
}

/** The literal port that a relabeling such as `replacement: $1:9102` writes into `__address__`. */
function addressPort(relabeling: unknown): number[] {
  const { targetLabel, replacement } = fieldsOf(relabeling);
  if (targetLabel !== '__address__') return [];
  const [, digits] = /:(\d{1,5})$/.exec(textOf(replacement)) ?? [];
  const port = portNumberOf(Number(digits));
  return port === undefined ? [] : [port];
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
