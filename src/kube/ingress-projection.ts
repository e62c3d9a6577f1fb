import type { Ingress } from '../domain/preflight/usage.ts';
import { albActionBackends, albHealth, healthChecks } from './load-balancer-annotations.ts';
import { addressesOf } from './load-balancer-status.ts';
import { namedServices } from './named-services.ts';
import {
  entriesOf,
  fieldsOf,
  identityOf,
  optionalTextOf,
  portNumberOf,
  portReferenceOf,
  textOf,
} from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The older word for the class, and the only one that GKE goes by. */
const CLASS = 'kubernetes.io/ingress.class';

/** Projects an Ingress: of v1, and as manifests of v1beta1 have it, where a backend names its Service and port itself. */
export function projectIngress(wire: object): Ingress {
  const { metadata, spec, status } = fieldsOf(wire);
  const annotations = fieldsOf(fieldsOf(metadata).annotations);
  const identity = identityOf(wire);
  const named = namedServices(annotations, identity.namespace);
  const alb = albHealth(annotations);
  const checks = healthChecks(annotations);
  const { defaultBackend, backend, rules, ingressClassName } = fieldsOf(spec);
  const ingressClass = optionalTextOf(annotations[CLASS] ?? ingressClassName);
  const ofPaths = entriesOf(rules)
    .flatMap((rule) => entriesOf(fieldsOf(fieldsOf(rule).http).paths))
    .map((path) => fieldsOf(path).backend);
  const backends = [defaultBackend ?? backend, ...ofPaths].map(backendService);
  // Each action is read once, however many paths lead to it.
  const actions = new Set(backends.filter(isAction).map(({ name }) => textOf(name)));
  return {
    ...identity,
    backends: [
      ...backends.filter((each) => !isAction(each)).flatMap(serviceBackend),
      ...[...actions].flatMap((action) => albActionBackends(annotations, action)),
    ],
    addresses: addressesOf(status),
    ...(ingressClass !== undefined && { ingressClass }),
    ...(named.length > 0 && { named }),
    ...(alb && { albHealth: alb }),
    ...(checks.length > 0 && { healthChecks: checks }),
  };
}

/** The Service of a backend as v1 has it. */
function backendService(backend: unknown): Fields {
  const { service, serviceName, servicePort } = fieldsOf(backend);
  if (service !== undefined || serviceName === undefined) return fieldsOf(service);
  const port = typeof servicePort === 'string' ? { name: servicePort } : { number: servicePort };
  return { name: serviceName, port };
}

function isAction({ port }: Fields): boolean {
  return fieldsOf(port).name === 'use-annotation';
}

function serviceBackend({ name, port }: Fields): Ingress['backends'] {
  const { number, name: portName } = fieldsOf(port);
  const reference = portNumberOf(number) ?? portReferenceOf(portName);
  return reference === undefined ? [] : [{ service: textOf(name), port: reference }];
}
