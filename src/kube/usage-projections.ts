import { serviceNamed } from '../domain/preflight/external-name.ts';
import type {
  ApiService,
  BackendRef,
  ConvertedDefinition,
  EndpointSlice,
  GatewayRouteKind,
  InferencePool,
  Route,
  Service,
  ServicePort,
  ServiceReference,
  WebhookConfiguration,
} from '../domain/preflight/usage.ts';
import { annotatedPorts, scrapeAnnotations } from './annotated-ports.ts';
import { healthAnnotations } from './health-annotations.ts';
import {
  albHealth,
  backendConfigs,
  healthChecks,
  isNegOfIngress,
  negPorts,
  serviceHealthPort,
} from './load-balancer-annotations.ts';
import { addressesOf } from './load-balancer-status.ts';
import { namedByService } from './named-services.ts';
import { serviceProxy } from './service-proxies.ts';
import {
  entriesOf,
  fieldsOf,
  identityOf,
  optionalTextOf,
  portNumberOf,
  portReferenceOf,
  protocolOf,
  textMapOf,
  textOf,
  textsOf,
} from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * From wire objects to the little that pre-flight keeps of them. None throws, whatever it is given.
 * Where a list's items do not say their kind, the kind is passed in.
 */

/** Projects a Service. */
export function projectService(wire: object): Service {
  const { metadata, spec, status } = fieldsOf(wire);
  const { type, clusterIP, externalIPs, externalName, selector, ports } = fieldsOf(spec);
  const { labels, annotations } = fieldsOf(metadata);
  const annotated = annotatedPorts({ annotations, labels });
  const healthPort =
    type === 'LoadBalancer' ? serviceHealthPort(fieldsOf(annotations), fieldsOf(spec)) : undefined;
  const isBalanced = type === 'LoadBalancer' && healthPort === undefined;
  const health = isBalanced ? healthAnnotations(fieldsOf(annotations)) : [];
  const alb = albHealth(fieldsOf(annotations));
  const balanced = negPorts(fieldsOf(annotations));
  const checks = healthChecks(fieldsOf(annotations));
  const identity = identityOf(wire);
  const configs = backendConfigs(fieldsOf(annotations));
  const named = namedByService(fieldsOf(annotations), identity.namespace);
  const proxiedBy = serviceProxy(fieldsOf(annotations));
  return {
    ...identity,
    labels: textMapOf(labels),
    externalName: type === 'ExternalName' ? textOf(externalName) : undefined,
    headless: clusterIP === 'None',
    exposure: exposureOf(type, externalIPs),
    ...(proxiedBy !== undefined && { proxiedBy }),
    addresses: addressesOf(status),
    selector: textMapOf(selector),
    ports: entriesOf(ports).flatMap(servicePort),
    scrape: scrapeAnnotations(fieldsOf(annotations)),
    ...(annotated.length > 0 && { annotatedPorts: annotated }),
    ...(healthPort !== undefined && { healthPort }),
    ...(health.length > 0 && { healthAnnotations: health }),
    ...(balanced.length > 0 && { balancedPorts: balanced }),
    ...(isNegOfIngress(fieldsOf(annotations)) && { balancedByIngress: true as const }),
    ...(alb && { albHealth: alb }),
    ...(checks.length > 0 && { healthChecks: checks }),
    ...(named.length > 0 && { named }),
    ...(configs.length > 0 && { unreadConfigs: configs }),
  };
}

/**
 * "NodePort … exposes a port on every node … LoadBalancer builds on NodePort and creates an external load-balancer";
 * externalIPs "is a list of IP addresses for which nodes in the cluster will also accept traffic for this service"
 * (core/v1 ServiceSpec). None of them is fit for an ExternalName.
 */
function exposureOf(type: unknown, externalIPs: unknown): Service['exposure'] {
  if (type === 'LoadBalancer' || type === 'NodePort') return type;
  return type !== 'ExternalName' && textsOf(externalIPs).length > 0 ? 'externalIPs' : undefined;
}

/** A port that the API would refuse leads nowhere, and is left out. Its defaults treat a targetPort of 0 or "" as absent. */
function servicePort(wire: unknown): ServicePort[] {
  const { name, targetPort, ...fields } = fieldsOf(wire);
  const port = portNumberOf(fields.port);
  const protocol = protocolOf(fields.protocol);
  const isAbsent = targetPort === null || targetPort === 0 || targetPort === '';
  const target = portReferenceOf(targetPort);
  const isRefused = targetPort !== undefined && !isAbsent && target === undefined;
  if (port === undefined || protocol === undefined || isRefused) return [];
  return [{ name: textOf(name), port, protocol, targetPort: target }];
}

/** Set by the controller that makes slices from selectors. */
const FROM_SELECTOR = 'endpointslice-controller.k8s.io';

/**
 * Projects an EndpointSlice. The addresses of those that the control plane makes from a selector are
 * left out. Pre-flight reads the selector itself, and they are most of what there is to keep.
 */
export function projectEndpointSlice(wire: object): EndpointSlice {
  const { metadata, ports, endpoints, addressType } = fieldsOf(wire);
  const labels = fieldsOf(fieldsOf(metadata).labels);
  // "No semantics are defined for the FQDN type."
  const isOther =
    labels['endpointslice.kubernetes.io/managed-by'] !== FROM_SELECTOR && addressType !== 'FQDN';
  const listed = isOther ? entriesOf(endpoints).map(fieldsOf) : [];
  // "A nil value should be interpreted as 'true'." (discovery/v1 EndpointConditions ready)
  const ready = listed.filter((each) => fieldsOf(each.conditions).ready !== false);
  return {
    ...identityOf(wire),
    service: textOf(labels['kubernetes.io/service-name']),
    ports: entriesOf(ports).flatMap((each) => {
      const { name, port, protocol } = fieldsOf(each);
      const transport = protocolOf(protocol);
      return transport
        ? [{ name: textOf(name), protocol: transport, port: portNumberOf(port) }]
        : [];
    }),
    addresses: listed.flatMap((endpoint) => textsOf(endpoint.addresses)),
    readyAddresses: ready.flatMap((endpoint) => textsOf(endpoint.addresses)),
  };
}

/** Projects a route of the Gateway API: everything that its rules send requests to, mirrors too. */
export function projectRoute(kind: GatewayRouteKind): (wire: object) => Route {
  return (wire) => ({
    kind,
    ...identityOf(wire),
    ...(isOfMesh(fieldsOf(wire).spec) && { byMesh: true }),
    backends: entriesOf(fieldsOf(fieldsOf(wire).spec).rules).flatMap((rule) => {
      const { backendRefs, filters } = fieldsOf(rule);
      const references = entriesOf(backendRefs);
      const allFilters = [filters, ...references.map((each) => fieldsOf(each).filters)];
      return [...references, ...allFilters.flatMap(entriesOf).flatMap(filterBackends)].map(
        backendRef,
      );
    }),
  });
}

/** "When a Route is attached to a Service" and to no Gateway, the clients' own proxies follow it (Gateway API, GAMMA). */
function isOfMesh(spec: unknown): boolean {
  const parents = entriesOf(fieldsOf(spec).parentRefs).map(fieldsOf);
  return parents.length > 0 && parents.every(({ kind }) => kind === 'Service');
}

/** The backends that filters send requests to, beside those of the rule. */
function filterBackends(filter: unknown): unknown[] {
  const { requestMirror, externalAuth } = fieldsOf(filter);
  return [requestMirror, externalAuth]
    .map((each) => fieldsOf(each).backendRef)
    .filter((each) => each !== undefined);
}

/** Istio takes a host of its own registry for one, too: "group: networking.istio.io, kind: Hostname" (Istio docs, Gateway API). */
function backendRef(wire: unknown): BackendRef {
  const { group, kind, namespace, name, port } = fieldsOf(wire);
  const host = kind === 'Hostname' ? serviceNamed(textOf(name)) : undefined;
  if (host) return { group: undefined, kind: undefined, ...host, port: portNumberOf(port) };
  return {
    group: optionalTextOf(group),
    kind: optionalTextOf(kind),
    namespace: optionalTextOf(namespace),
    name: textOf(name),
    port: portNumberOf(port),
  };
}

/**
 * Projects an InferencePool: of v1, and of v1alpha2, whose selector is the labels themselves and which has one port,
 * `targetPortNumber`.
 */
export function projectInferencePool(wire: object): InferencePool {
  const spec = fieldsOf(fieldsOf(wire).spec);
  const { selector, targetPorts, targetPortNumber } = spec;
  const { matchLabels } = fieldsOf(selector);
  const numbers = entriesOf(targetPorts).map((each) => fieldsOf(each).number);
  const picker = endpointPicker(spec);
  return {
    ...identityOf(wire),
    selector: textMapOf(matchLabels ?? selector),
    targetPorts: [...numbers, targetPortNumber].flatMap((each) => portNumberOf(each) ?? []),
    ...(picker && { picker }),
  };
}

/** "The default port for the extension is 9002" (v1alpha2 ExtensionReference portNumber, there `extensionRef`); v1 names it. */
function endpointPicker({
  endpointPickerRef,
  extensionRef,
}: Fields): InferencePool['picker'] | undefined {
  const { kind = 'Service', name, port, portNumber } = fieldsOf(endpointPickerRef ?? extensionRef);
  if (kind !== 'Service' || textOf(name) === '') return undefined;
  return {
    service: textOf(name),
    port: portNumberOf(fieldsOf(port).number ?? portNumber) ?? 9002,
  };
}

/** Projects a ValidatingWebhookConfiguration or a MutatingWebhookConfiguration. */
export function projectWebhookConfiguration(
  kind: WebhookConfiguration['kind'],
): (wire: object) => WebhookConfiguration {
  return (wire) => ({
    kind,
    name: identityOf(wire).name,
    services: entriesOf(fieldsOf(wire).webhooks).flatMap((webhook) => {
      const reference = serviceReference(fieldsOf(fieldsOf(webhook).clientConfig).service);
      return reference ? [reference] : [];
    }),
  });
}

/**
 * Projects a CustomResourceDefinition: its conversion webhook, which v1beta1 had in another place, and its versions only.
 * Where it has a single version, there is nothing to convert it to.
 */
export function projectDefinition(wire: object): ConvertedDefinition {
  const { conversion, versions } = fieldsOf(fieldsOf(wire).spec);
  const { strategy, webhook, webhookClientConfig } = fieldsOf(conversion);
  const { service } = fieldsOf(fieldsOf(webhook).clientConfig ?? webhookClientConfig);
  const listed = entriesOf(versions);
  return {
    name: identityOf(wire).name,
    versions: listed
      .map(fieldsOf)
      .filter(({ served }) => served === true)
      .map(({ name }) => textOf(name)),
    service: strategy === 'Webhook' && listed.length !== 1 ? serviceReference(service) : undefined,
  };
}

/** Projects an APIService. */
export function projectApiService(wire: object): ApiService {
  const { service } = fieldsOf(fieldsOf(wire).spec);
  return { name: identityOf(wire).name, service: serviceReference(service) };
}

function serviceReference(wire: unknown): ServiceReference | undefined {
  const { namespace, name, port } = fieldsOf(wire);
  return typeof name === 'string'
    ? { namespace: textOf(namespace), name, port: portNumberOf(port) }
    : undefined;
}
