import type { ScrapeAnnotations } from '../workload/template-use.ts';
import type { PodShape } from './pod-shape.ts';
import { type PortUse, usesOfDeclaredPorts } from './port-use.ts';
import type { ReachedService } from './reached-service.ts';
import { podsOf } from './source.ts';

/** Whoever reads the annotations. */
const PROMETHEUS = podsOf('Prometheus');
const COLLECTOR = podsOf('the collector of metrics');

/**
 * The convention of Prometheus' example configuration (prometheus-kubernetes.yml) and of its Helm
 * chart: "prometheus.io/scrape: Only scrape pods that have a value of `true`", "prometheus.io/port:
 * Scrape the pod on the indicated port instead of the pod's declared ports". And those of vendors.
 */
export function podScrapeUses(shape: PodShape): PortUse[] {
  return scrapeUses(shape.use.scrape, [shape], 'annotation');
}

/**
 * The same convention for the endpoints of a Service: "prometheus.io/port: If the metrics are exposed
 * on a different port to the service then set this appropriately." Without it, each port of the
 * endpoints is scraped, and "if the endpoint is backed by a pod, all additional container ports of
 * the pod … are discovered as targets as well".
 */
export function serviceScrapeUses({ service, shapes }: ReachedService): PortUse[] {
  return scrapeUses(
    service.scrape,
    shapes,
    `Service ${service.namespace}/${service.name} annotation`,
  );
}

function scrapeUses(
  annotations: ScrapeAnnotations,
  shapes: readonly PodShape[],
  annotation: string,
): PortUse[] {
  const { collected = [] } = annotations;
  return [
    ...prometheusUses(annotations, shapes, annotation),
    ...collected.map(({ key, port }) => ({
      port,
      protocol: 'TCP' as const,
      user: `${annotation} ${key}`,
      source: COLLECTOR,
    })),
  ];
}

/** Whether the annotations have whoever goes by them scrape the pod. */
export function isScraped({ scrape }: Pick<ScrapeAnnotations, 'scrape'>): boolean {
  return scrape?.trim().toLowerCase() === 'true';
}

/** A port without any key for `scrape` was written for somebody who asks for no such key. */
function prometheusUses(
  { scrape, port }: ScrapeAnnotations,
  shapes: readonly PodShape[],
  annotation: string,
): PortUse[] {
  const number = scrapedPort(port);
  const isMeant = isScraped({ scrape });
  if (isMeant && number === undefined)
    return usesOfDeclaredPorts(shapes, `${annotation} prometheus.io/scrape`, PROMETHEUS);
  if (number === undefined || (scrape !== undefined && !isMeant)) return [];
  return [
    {
      port: number,
      protocol: 'TCP',
      user: `${annotation} prometheus.io/port`,
      source: PROMETHEUS,
    },
  ];
}

/** The relabeling takes digits only; anything else leaves the declared ports in place. */
function scrapedPort(port: string | undefined): number | undefined {
  const number = /^\d{1,5}$/.test(port ?? '') ? Number(port) : 0;
  return number >= 1 && number <= 65535 ? number : undefined;
}
