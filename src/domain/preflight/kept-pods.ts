import { isScraped } from './annotation.ts';
import type { PodShape } from './pod-shape.ts';
import type { MonitorEndpoint } from './usage.ts';

/** Those pods that an endpoint of a monitor keeps as targets, by the name of a container and by the usual annotation. */
export function keptPods(
  { inContainers, scrapedOnly }: Pick<MonitorEndpoint, 'inContainers' | 'scrapedOnly'>,
  pods: readonly PodShape[],
): readonly PodShape[] {
  if (!inContainers && !scrapedOnly) return pods;
  return pods.filter(
    ({ use }) =>
      (!inContainers || use.containers.some((name) => inContainers.includes(name))) &&
      (!scrapedOnly || isScraped(use.scrape)),
  );
}
