import type { NamedService } from '../domain/preflight/usage.ts';
import { portNumberOf } from './wire-fields.ts';

/** A Service as Emissary names it: without a namespace it is beside the object that names it. */
export interface EmissaryService {
  namespace: string | undefined;
  name: string;
  port: number | undefined;
}

/** `[scheme://]service[.namespace][:port]`; without a port 443 where TLS is originated, else 80 (Emissary's Mapping). */
export function emissaryService(text: string, isEncrypted: boolean): EmissaryService | undefined {
  const [, scheme, host = '', port] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/:]+)(?::(\d{1,5}))?(?:\/|$)/i.exec(text) ?? [];
  const [name = '', namespace, svc = 'svc'] = host.split('.');
  // A name of three parts or more that is none of the cluster's leads out of it.
  if (name === '' || svc !== 'svc') return undefined;
  const usual = scheme?.toLowerCase() === 'https' || isEncrypted ? 443 : 80;
  return { namespace, name, port: port === undefined ? usual : portNumberOf(Number(port)) };
}

/** The annotation that holds objects of Emissary as text, where it may still stand in place of these. */
export const EMISSARY_CONFIG = 'getambassador.io/config';

/**
 * What Mappings, AuthServices and others in that annotation lead to. They are YAML that anybody may write, of which two
 * keys tell it: it is not parsed.
 *
 * @param own the namespace of the object that has the annotation
 */
export function* servicesOfEmissary(text: string, own: string): Generator<NamedService> {
  for (const document of text.split(/^---/m)) {
    const isEncrypted = /^ *tls: *(?!false\b)[^\s#]/m.test(document);
    for (const [, service = ''] of document.matchAll(SERVICE)) {
      const { namespace = own, name, port } = emissaryService(service, isEncrypted) ?? {};
      if (name === undefined || port === undefined) continue;
      const annotation = EMISSARY_CONFIG;
      yield { annotation, whose: 'Emissary', namespace, service: name, port, byHost: true };
    }
  }
}

const SERVICE = /^ *(?:auth_)?service: *["']?([^\s"'#]{1,512})/gm;
