import type { NamedService } from '../domain/preflight/usage.ts';
import { EMISSARY_CONFIG, servicesOfEmissary } from './emissary-service.ts';
import { type ServiceUrl, serviceAtUrl, servicesAtUrls } from './service-url.ts';
import { portNumberOf, textOf } from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Far more than a proxy is told by one Ingress; of what anybody may write no more is kept. */
const MAXIMUM_NAMED = 64;

/**
 * The Services that annotations of an Ingress have its controller connect to, beside those of its rules: each once, in the
 * order of the annotations. Never throws. Keys count by what follows their prefix, which users of controllers may choose.
 *
 * @param own the namespace of the Ingress
 */
export function namedServices(annotations: Fields, own: string): NamedService[] {
  const unlike = new Map<string, NamedService>();
  for (const [key, value] of Object.entries(annotations)) {
    for (const named of servicesIn(key, textOf(value), own)) {
      if (unlike.size >= MAXIMUM_NAMED) return [...unlike.values()];
      unlike.set(JSON.stringify(named), named);
    }
  }
  return [...unlike.values()];
}

/** What of this counts on a Service, too: HAProxy Ingress goes by annotations of both. */
const OF_SERVICES = [
  'haproxy-ingress.github.io/auth-url',
  'ingress.kubernetes.io/auth-url',
  EMISSARY_CONFIG,
];

/** The same of a Service. */
export function namedByService(annotations: Fields, own: string): NamedService[] {
  const found = OF_SERVICES.filter((key) => annotations[key] !== undefined);
  // Nearly no Service has any.
  if (found.length === 0) return [];
  return namedServices(Object.fromEntries(found.map((key) => [key, annotations[key]])), own);
}

/** Where a request is sent to be let in, by ingress-nginx and others, by APISIX, and where it is copied to. */
const URLS: ReadonlySet<string> = new Set(['auth-url', 'auth-uri', 'mirror-target']);

/** What nginx and Skipper are told in their own words, in which URLs stand. */
const TEXTS = /(?:^|-)snippets?$|^skipper-(?:filter|routes)$/;

function servicesIn(key: string, text: string, own: string): Iterable<NamedService> {
  if (key === EMISSARY_CONFIG) return servicesOfEmissary(text, own);
  const annotation = key.slice(key.indexOf('/') + 1);
  if (annotation === 'default-backend') return defaultBackend(annotation, text, own);
  if (URLS.has(annotation)) return atUrl(annotation, text, own);
  return TEXTS.test(annotation)
    ? servicesAtUrls(text).map((each) => lookedUp(annotation, each))
    : [];
}

/**
 * "This <svc name> is a reference to a service inside of the same namespace in which you are applying this annotation";
 * "in case the service has multiple ports, the first one is the one which will receive the backend traffic" (ingress-nginx).
 */
function defaultBackend(annotation: string, text: string, own: string): NamedService[] {
  const service = text.trim();
  return /^[a-z0-9-]{1,63}$/.test(service)
    ? [{ annotation, namespace: own, service, port: undefined }]
    : [];
}

function atUrl(annotation: string, text: string, own: string): NamedService[] {
  const ofHaproxy = atServiceUrl(annotation, text, own);
  if (ofHaproxy) return [ofHaproxy];
  const found = serviceAtUrl(text);
  return found ? [lookedUp(annotation, found)] : [];
}

function lookedUp(annotation: string, { namespace, name, port }: ServiceUrl): NamedService {
  return { annotation, namespace, service: name, port, byHost: true };
}

/**
 * "svc protocol allows to use a Kubernetes service declared in the same namespace of the ingress … Services on other
 * namespaces can also be used in the form svc://namespace/servicename:port/path" (HAProxy Ingress, auth-url).
 */
function atServiceUrl(annotation: string, text: string, own: string): NamedService | undefined {
  const [, namespace = own, service, port] =
    /^\s*svc:\/\/(?:([a-z0-9-]{1,63})\/)?([a-z0-9-]{1,63}):([a-z0-9-]{1,15})(?=[/?\s]|$)/i.exec(
      text,
    ) ?? [];
  if (service === undefined || port === undefined) return undefined;
  const reference = /^\d+$/.test(port) ? portNumberOf(Number(port)) : port;
  if (reference === undefined) return undefined;
  return { annotation, namespace, service, port: reference };
}
