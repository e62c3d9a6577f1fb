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

/** What annotations tell whoever collects metrics. */
export interface ScrapeAnnotations {
  /** The value of `prometheus.io/scrape` as written; where that is not there, of another vendor's key. */
  scrape: string | undefined;
  /** The value of `prometheus.io/port` as written. */
  port: string | undefined;
  /** Absent where there are none. */
  collected?: readonly CollectedPort[];
}

/** A port that an annotation of a vendor names. */
export interface CollectedPort {
  /** The annotation's key. */
  key: string;
  port: number;
}

/** A port that an annotation, or a label, names for whoever reads it. */
export interface AnnotatedPort {
  /** The key as Prometheus writes it in a label of its own: all but letters, digits and `_` is `_`. */
  name: string;
  port: number;
  isLabel?: true;
}

/** A port by number or by name, an IntOrString of the API. */
export type PortReference = number | string;
