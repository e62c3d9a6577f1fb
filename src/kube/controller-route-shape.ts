import { anything, integer, list, metadata, object, text } from './shapes.ts';

const namedService = object({
  kind: text,
  namespace: text,
  name: text,
  serviceName: text,
  // A number, or where a controller takes one a name.
  port: anything,
  servicePort: integer,
});
const services = list(namedService);
const destination = object({ host: text, port: object({ number: integer }) });
const destinations = list(object({ destination }));
const withServices = list(
  object({ services, route: destinations, mirror: destination, mirrors: destinations }),
);

/** A route to Services of another controller than those of the Gateway API. */
export const CONTROLLER_ROUTE = object(
  {
    metadata,
    spec: object({
      hosts: list(text),
      gateways: list(text),
      routes: withServices,
      tcpproxy: object({ services }),
      virtualhost: object({ jwtProviders: list(object({ remoteJWKS: object({ uri: text }) })) }),
      weighted: object({ services }),
      mirroring: object({ mirrors: services }),
      to: namedService,
      alternateBackends: services,
      http: withServices,
      tls: anything,
      tcp: withServices,
      rules: list(object({ backend: namedService })),
      service: text,
      backends: services,
    }),
  },
  'metadata',
);
