import { serviceAtHost } from '../domain/preflight/service-host.ts';
import { portNumberOf } from './wire-fields.ts';

/** A Service, and its port, to which a URL leads. */
export interface ServiceUrl {
  namespace: string;
  name: string;
  port: number;
}

/** With a host that may be a Service, up to its path, its query, or a variable of nginx for these. */
const URL_WITH_HOST =
  /(https?|grpcs?):\/\/(?:[^\s/?#@"']*@)?([a-z0-9.-]{1,253})(?::(\d{1,5}))?(?=[\s/?#"';]|\$(?:request_)?uri|$)/i;
const AT_START = new RegExp(`^\\s*${URL_WITH_HOST.source}`, 'i');
const ANYWHERE = new RegExp(URL_WITH_HOST.source, 'gi');

/** The Service that a text which is a URL leads to; without a port on 443 where it is encrypted, else 80. */
export function serviceAtUrl(text: string): ServiceUrl | undefined {
  const found = AT_START.exec(text);
  return found ? serviceAt(found) : undefined;
}

/** Those of all URLs in a text with `.svc` in their hosts: other words with a dot between them are mostly none. */
export function servicesAtUrls(text: string): IteratorObject<ServiceUrl, undefined> {
  return text.matchAll(ANYWHERE).flatMap((found) => {
    const service = /\.svc(?:\.|$)/i.test(found[2] ?? '') ? serviceAt(found) : undefined;
    return service ? [service] : [];
  });
}

function serviceAt([, scheme = '', host = '', digits]: RegExpExecArray): ServiceUrl | undefined {
  const service = serviceAtHost(host);
  const usual = /s$/i.test(scheme) ? 443 : 80;
  const port = digits === undefined ? usual : portNumberOf(Number(digits));
  return service && port !== undefined ? { ...service, port } : undefined;
}
