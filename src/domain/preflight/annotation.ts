import type { ScrapeAnnotations } from '../workload/template-use.ts';
import type { PodShape } from './pod-shape.ts';
import { type PortUse, usesOfDeclaredPorts } from './port-use.ts';
import type { ReachedService } from './reached-service.ts';
import { podsOf } from './source.ts';

/** Whoever reads the annotations. */
const PROMETHEUS = podsOf('Prometheus');

/**
 * The convention of Prometheus' example configuration (prometheus-kubernetes.yml) and of its Helm
 * chart: "prometheus.io/scrape: Only scrape pods that have a value of `true`", "prometheus.io/port:
 * Scrape the pod on the indicated port instead of the pod's declared ports".
 */
export function podScrapeUses({ ports, use }: PodShape): PortUse[] {
  if (!isScraped(use.scrape)) return [];
  const port = scrapedPort(use.scrape);
  return port === undefined
    ? usesOfDeclaredPorts([{ ports }], 'annotation prometheus.io/scrape', PROMETHEUS)
    : [{ port, protocol: 'TCP', user: `annotation ${portKey(use.scrape)}`, source: PROMETHEUS }];
}

/**
 * The same convention for the endpoints of a Service: "prometheus.io/port: If the metrics are exposed
 * on a different port to the service then set this appropriately." Without it, each port of the
 * endpoints is scraped, and "if the endpoint is backed by a pod, all additional container ports of
 * the pod … are discovered as targets as well".
 */
export function serviceScrapeUses({ service, shapes }: ReachedService): PortUse[] {
  if (!isScraped(service.scrape)) return [];
  const port = scrapedPort(service.scrape);
  const annotation = `Service ${service.namespace}/${service.name} annotation`;
  return port === undefined
    ? usesOfDeclaredPorts(shapes, `${annotation} prometheus.io/scrape`, PROMETHEUS)
    : [
        {
          port,
          protocol: 'TCP',
          user: `${annotation} ${portKey(service.scrape)}`,
          source: PROMETHEUS,
        },
      ];
}

/** Which annotation the port is from. */
function portKey({ portKey: key = 'prometheus.io/port' }: ScrapeAnnotations): string {
  return key;
}

/** Without a key for `scrape`, of whatever prefix, the port alone makes nobody connect. */
function isScraped({ scrape }: ScrapeAnnotations): boolean {
  return scrape?.trim().toLowerCase() === 'true';
}

/** The relabeling takes digits only; anything else leaves the declared ports in place. */
function scrapedPort({ port }: ScrapeAnnotations): number | undefined {
  const number = /^\d{1,5}$/.test(port ?? '') ? Number(port) : 0;
  return number >= 1 && number <= 65535 ? number : undefined;
}
