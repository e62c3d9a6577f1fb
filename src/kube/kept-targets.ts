import type { MonitorEndpoint } from '../domain/preflight/usage.ts';
import { textOf, textsOf } from './wire-fields.ts';

type Relabeling = Readonly<Record<string, unknown>>;

const CONTAINER = '__meta_kubernetes_pod_container_name';
const SCRAPE = '__meta_kubernetes_pod_annotation_prometheus_io_scrape';

/** Names, one or several, as a regular expression has them; what else one may match is not worked out. */
const NAMES = /^\^?([a-z0-9-]{1,63}(?:\|[a-z0-9-]{1,63}){0,15})\$?$/;

/**
 * Which pods stay targets of an endpoint: "keep: Drop targets for which regex does not match the concatenated
 * source_labels" (Prometheus, relabel_config). Istio's monitor of all pods keeps those with a container `istio-proxy`, and one
 * that stands for the usual annotations those that say `true`.
 */
export function keptTargets(
  relabelings: readonly Relabeling[],
): Pick<MonitorEndpoint, 'inContainers' | 'scrapedOnly'> {
  const keeping = relabelings.filter(({ action }) => textOf(action).toLowerCase() === 'keep');
  const namesOf = (label: string) =>
    keeping
      .filter((each) => isOf(label, each))
      .map(({ regex }) => namesIn(textOf(regex)))
      .find((names) => names.length > 0);
  const containers = namesOf(CONTAINER);
  return {
    ...(containers && { inContainers: containers }),
    ...(namesOf(SCRAPE)?.join() === 'true' && { scrapedOnly: true as const }),
  };
}

/** Whether it looks at that label alone. */
function isOf(label: string, { sourceLabels, source_labels: asConfigured }: Relabeling): boolean {
  const [first, ...others] = textsOf(sourceLabels ?? asConfigured);
  return first === label && others.length === 0;
}

function namesIn(regex: string): string[] {
  const [, names] = NAMES.exec(regex) ?? [];
  return names?.split('|') ?? [];
}
