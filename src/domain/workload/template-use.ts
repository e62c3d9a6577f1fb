/** What a pod template, or a pod, itself says about the use of its ports. */
export interface TemplateUse {
  /** Names of the containers and native sidecars. */
  containers: readonly string[];
  handlers: readonly ContainerHandler[];
  scrape: ScrapeAnnotations;
  /** Absent where there are none. */
  annotatedPorts?: readonly AnnotatedPort[];
}

/** A handler of a container by which the kubelet connects to it. */
export interface ContainerHandler {
  container: string;
  handler: 'livenessProbe' | 'readinessProbe' | 'startupProbe' | 'postStart hook' | 'preStop hook';
  port: PortReference;
  /** Empty where the handler names none. */
  host: string;
}

/** The values of the `prometheus.io/` annotations, as written. */
export interface ScrapeAnnotations {
  /** Where that of `prometheus.io/` is not there, of another vendor's key. */
  scrape: string | undefined;
  port: string | undefined;
  /** The annotation that the port is from, where that is not prometheus.io/port. */
  portKey?: string;
}

/** A port that an annotation names for whoever reads it. */
export interface AnnotatedPort {
  /** The annotation's key as Prometheus writes it in a label: all but letters, digits and `_` is `_`. */
  name: string;
  port: number;
}

/** A port by number or by name, an IntOrString of the API. */
export type PortReference = number | string;
