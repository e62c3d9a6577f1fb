import type { LabelSelector, Protocol } from '../../api/kubernetes.ts';
import type {
  AnnotatedPort,
  CollectedPort,
  PortReference,
  ScrapeAnnotations,
  TemplateUse,
} from '../workload/template-use.ts';
import type { ContainerPort } from '../workload/workload.ts';
import type { Exposure } from './source.ts';

/**
 * What pre-flight needs of the objects that make somebody connect to pods. Fields are as the API
 * has them, without its defaults: those are applied, with the API's own sentence, by the file that
 * reads the kind.
 */

/** A Service. `labels` are what a ServiceMonitor selects it by. */
export interface Service {
  namespace: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  /** The name that it stands for in place of pods; undefined for all but ExternalNames. */
  externalName: string | undefined;
  /** `clusterIP: None`. */
  headless: boolean;
  /** By what clients outside of the cluster reach it; undefined where they do not. */
  exposure: Exposure | undefined;
  /** Who connects to it in the stead of clients elsewhere, in words; absent where nobody is known to. */
  proxiedBy?: string;
  /** Those of its load balancer: IPs and names. */
  addresses: readonly string[];
  selector: Readonly<Record<string, string>>;
  ports: readonly ServicePort[];
  scrape: ScrapeAnnotations;
  /** Absent where there are none. */
  annotatedPorts?: readonly AnnotatedPort[];
  /** Of its own load balancer, where that connects to the pods themselves. */
  healthPort?: number;
  /** Ports for health checks of its own load balancer, where nobody tells whether that asks pods or nodes; absent where there are none. */
  healthAnnotations?: readonly CollectedPort[];
  /** Of its ports, those for which an annotation makes a load balancer that connects to the pods themselves. */
  balancedPorts?: readonly number[];
  /** Whether load balancers that GKE makes for Ingresses connect to the pods themselves. */
  balancedByIngress?: true;
  /** What it says of the load balancers of Ingresses. */
  albHealth?: AlbHealth;
  /** Of its pods, for an Ingress that leads to it; absent where there are none. */
  healthChecks?: readonly HealthCheck[];
  /** The Services that its annotations name; absent where there are none. */
  named?: readonly NamedService[];
  /** The BackendConfigs of GKE that it names, which nobody reads, sorted; absent where there are none. */
  unreadConfigs?: readonly string[];
}

/** A port on which the pods behind an Ingress are asked for health. */
export interface HealthCheck {
  /** A load balancer outside of the cluster, or the pods of the controller. */
  by: 'loadBalancer' | 'controller';
  port: number;
}

/** The annotations of the AWS Load Balancer Controller that say where an Ingress's load balancer asks for health. */
export interface AlbHealth {
  /** `ip` where it connects to the pods themselves; absent where the annotation is. */
  targetType?: string;
  /** Absent where the annotation is; `other` where it names no number, as `traffic-port`. */
  port?: number | 'other';
}

export interface ServicePort {
  /** Empty where the only port of a Service has none. */
  name: string;
  port: number;
  protocol: Protocol;
  targetPort: PortReference | undefined;
}

/** An EndpointSlice that its Service's selector does not already tell about. */
export interface EndpointSlice {
  namespace: string;
  name: string;
  /** The value of the kubernetes.io/service-name label; empty where there is none. */
  service: string;
  ports: readonly { name: string; protocol: Protocol; port: number | undefined }[];
  addresses: readonly string[];
  /** Those that are said to be ready. */
  readyAddresses: readonly string[];
}

export interface Ingress {
  namespace: string;
  name: string;
  backends: readonly { service: string; port: PortReference }[];
  /** Where its controller says that it is reached: IPs and names. */
  addresses: readonly string[];
  /** The class of its controllers; absent where it says none. */
  ingressClass?: string;
  /** The Services that annotations name; absent where there are none. */
  named?: readonly NamedService[];
  albHealth?: AlbHealth;
  /** Of all of its backends; absent where there are none. */
  healthChecks?: readonly HealthCheck[];
}

/** A Service, of whatever namespace, that an annotation has a proxy connect to: on an Ingress, or on a Service behind one. */
export interface NamedService {
  /** Its key, as a rule without the prefix, for example `auth-url`. */
  annotation: string;
  /** The proxy; absent where it is the controller of Ingresses. */
  whose?: string;
  namespace: string;
  service: string;
  /** A port of the Service, by its number or name, or by what it leads to on the pods; undefined for its first. */
  port: PortReference | undefined;
  /** Whether its host is looked up, so that the port may be one of the pods themselves. */
  byHost?: true;
}

/** An address of a load balancer, and the namespace of the pods behind it, all of which are on the pod network. */
export interface Entrance {
  address: string;
  namespace: string;
}

/** Of the Gateway API. */
export type GatewayRouteKind = 'HTTPRoute' | 'GRPCRoute' | 'TCPRoute' | 'TLSRoute' | 'UDPRoute';

/** Of the Gateway API, Traefik, Contour, OpenShift, Istio, Kong, Emissary and Skipper. */
export type RouteKind =
  | GatewayRouteKind
  | 'IngressRoute'
  | 'IngressRouteTCP'
  | 'IngressRouteUDP'
  | 'TraefikService'
  | 'HTTPProxy'
  | 'Route'
  | 'VirtualService'
  | 'TCPIngress'
  | 'UDPIngress'
  | 'Mapping'
  | 'TCPMapping'
  | 'RouteGroup';

/** What has a proxy connect to Services. */
export interface Route {
  kind: RouteKind;
  namespace: string;
  name: string;
  backends: readonly BackendRef[];
  /** Whether the sidecars of a mesh follow it, and no gateway. */
  byMesh?: true;
}

export interface BackendRef {
  group: string | undefined;
  kind: string | undefined;
  namespace: string | undefined;
  name: string;
  /** What it names differs by the kind of the route. */
  port: PortReference | undefined;
}

/** Of the Prometheus Operator, and what means the same to that of VictoriaMetrics, or to Google's Managed Prometheus. */
export type MonitorKind =
  | 'ServiceMonitor'
  | 'PodMonitor'
  | 'VMServiceScrape'
  | 'VMPodScrape'
  | 'PodMonitoring'
  | 'ClusterPodMonitoring';

/** What has pods scraped. */
export interface Monitor {
  kind: MonitorKind;
  /** Empty of a kind of the cluster. */
  namespace: string;
  name: string;
  selector: LabelSelector;
  namespaceSelector: { any: boolean; matchNames: readonly string[] };
  endpoints: readonly MonitorEndpoint[];
}

export interface MonitorEndpoint {
  /** Empty where there is none. */
  port: string;
  /** Of PodMonitors only. */
  portNumber: number | undefined;
  targetPort: PortReference | undefined;
  /** Literal ports that relabelings write into `__address__`. */
  addressPorts: readonly number[];
  /** Annotations and labels whose value relabelings write into `__address__` as the port; absent where there are none. */
  addressAnnotations?: readonly AddressAnnotation[];
  /** The names of containers of which a pod has to have one to be kept as a target; absent where it may have any. */
  inContainers?: readonly string[];
  /** Whether only pods are kept whose annotation `prometheus.io/scrape` is true. */
  scrapedOnly?: true;
  /** Literal ports on which relabelings have an exporter ask the pods; absent where there are none. */
  askedPorts?: readonly number[];
}

/** An annotation, or a label, as Prometheus writes its key in a label of its own. */
export interface AddressAnnotation {
  of: 'pod' | 'service';
  name: string;
  isLabel?: true;
}

/** A reference of the API server to a Service that it calls. */
export interface ServiceReference {
  namespace: string;
  name: string;
  port: number | undefined;
}

export interface WebhookConfiguration {
  kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';
  name: string;
  services: readonly ServiceReference[];
}

/** A CustomResourceDefinition, as far as its conversion goes. */
export interface ConvertedDefinition {
  /** `plural.group`. */
  name: string;
  /** The versions that the API server serves, as listed. */
  versions: readonly string[];
  /** Undefined where no webhook converts. */
  service: ServiceReference | undefined;
}

export interface ApiService {
  name: string;
  /** Undefined where the API server itself serves the group. */
  service: ServiceReference | undefined;
}

/** An InferencePool of the Gateway API's inference extension. */
export interface InferencePool {
  namespace: string;
  name: string;
  selector: Readonly<Record<string, string>>;
  targetPorts: readonly number[];
  /** The Service that the gateway asks for a pod of the pool, and its port; absent where none is named. */
  picker?: { service: string; port: number };
}

/** Everything in the cluster that may make somebody connect to pods; other namespaces' objects are welcome. */
export interface ClusterUsage {
  services: readonly Service[];
  endpointSlices: readonly EndpointSlice[];
  ingresses: readonly Ingress[];
  /** What the addresses of these Ingresses lead to. */
  entrances: readonly Entrance[];
  routes: readonly Route[];
  /** What finds pods by their Services. */
  serviceMonitors: readonly Monitor[];
  /** What finds pods by their labels. */
  podMonitors: readonly Monitor[];
  webhooks: readonly WebhookConfiguration[];
  definitions: readonly ConvertedDefinition[];
  apiServices: readonly ApiService[];
  inferencePools: readonly InferencePool[];
  /** Kinds that the cluster has, that may lead to pods, and that nobody reads here; sorted, in words. */
  unread: readonly string[];
}

/** What pre-flight needs of a pod, and of the template as the pod that it will be. */
export interface UsedPod {
  labels: Readonly<Record<string, string>>;
  ports: readonly ContainerPort[];
  use: TemplateUse;
}
