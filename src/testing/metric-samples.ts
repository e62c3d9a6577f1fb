import type { Metrics } from '../telemetry/metrics.ts';

/** A metric as Prometheus scrapes it: by its labels as they are written, without braces. */
export async function samplesOf(
  { registry }: Pick<Metrics, 'registry'>,
  name: string,
): Promise<Record<string, number>> {
  // Only that one: to scrape all of them reads files of the process, and tests ask again and again.
  const metric = registry.getSingleMetric(name) ? name : name.replace(/_(?:bucket|count|sum)$/, '');
  const samples = (await registry.getSingleMetricAsString(metric)).matchAll(
    new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'),
  );
  return Object.fromEntries([...samples].map(([, labels = '', value]) => [labels, Number(value)]));
}

/** The sum of a metric over all labels that match. */
export async function sumOf(
  metrics: Pick<Metrics, 'registry'>,
  name: string,
  labels = /^/,
): Promise<number> {
  return Object.entries(await samplesOf(metrics, name))
    .filter(([each]) => labels.test(each))
    .reduce((sum, [, value]) => sum + value, 0);
}

/** How many reconciles ended well, or failed. */
export function looksOf(
  metrics: Pick<Metrics, 'registry'>,
  result: 'success' | 'error',
): Promise<number> {
  const results = result === 'success' ? /"(success|requeue_after)"/ : /"error"/;
  return sumOf(metrics, 'controller_runtime_reconcile_total', results);
}
