import type {
  ApiService,
  ClusterUsage,
  ConvertedDefinition,
  EndpointSlice,
  Ingress,
  Monitor,
  Route,
  Service,
  WebhookConfiguration,
} from '../domain/preflight/usage.ts';
import { Store } from '../kube/store.ts';

/** What may make somebody connect to pods, as the reflectors keep it. */
export class UsageCaches {
  readonly services: Store<Service, 'namespace'>;
  readonly endpointSlices: Store<EndpointSlice, 'namespace'>;
  readonly ingresses: Store<Ingress, 'namespace'>;
  readonly httpRoutes: Store<Route>;
  readonly grpcRoutes: Store<Route>;
  readonly tcpRoutes: Store<Route>;
  readonly tlsRoutes: Store<Route>;
  readonly udpRoutes: Store<Route>;
  readonly serviceMonitors: Store<Monitor>;
  readonly podMonitors: Store<Monitor>;
  readonly validatingWebhooks: Store<WebhookConfiguration>;
  readonly mutatingWebhooks: Store<WebhookConfiguration>;
  readonly definitions: Store<ConvertedDefinition>;
  readonly apiServices: Store<ApiService>;

  /** @param onDefect called with what a listener throws */
  constructor(onDefect: (error: unknown) => void) {
    this.services = new Store({ onDefect, indices: { namespace: ({ namespace }) => [namespace] } });
    this.endpointSlices = new Store({
      onDefect,
      indices: { namespace: ({ namespace }) => [namespace] },
    });
    this.ingresses = new Store({
      onDefect,
      indices: { namespace: ({ namespace }) => [namespace] },
    });
    this.httpRoutes = new Store({ onDefect });
    this.grpcRoutes = new Store({ onDefect });
    this.tcpRoutes = new Store({ onDefect });
    this.tlsRoutes = new Store({ onDefect });
    this.udpRoutes = new Store({ onDefect });
    this.serviceMonitors = new Store({ onDefect });
    this.podMonitors = new Store({ onDefect });
    this.validatingWebhooks = new Store({ onDefect });
    this.mutatingWebhooks = new Store({ onDefect });
    this.definitions = new Store({ onDefect });
    this.apiServices = new Store({ onDefect });
  }

  /** What may concern pods of a namespace. */
  of(namespace: string): ClusterUsage {
    return {
      services: this.services.byIndex('namespace', namespace),
      endpointSlices: this.endpointSlices.byIndex('namespace', namespace),
      ingresses: this.ingresses.byIndex('namespace', namespace),
      routes: this.routes.flatMap((store) => store.list()),
      serviceMonitors: this.serviceMonitors.list(),
      podMonitors: this.podMonitors.list(),
      webhooks: [...this.validatingWebhooks.list(), ...this.mutatingWebhooks.list()],
      definitions: this.definitions.list().filter(({ service }) => service !== undefined),
      apiServices: this.apiServices.list().filter(({ service }) => service !== undefined),
    };
  }

  get routes(): readonly Store<Route>[] {
    return [this.httpRoutes, this.grpcRoutes, this.tcpRoutes, this.tlsRoutes, this.udpRoutes];
  }
}
