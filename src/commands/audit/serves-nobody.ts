import type { Judged } from '../manifests/judge.ts';

/** What is said of a workload that serves nobody. */
export const SERVES_NOBODY =
  'No container declares a port, and nothing is known to connect to the pods';

/**
 * Whether nothing is missing where no port is declared: a Job works and ends, and mostly nobody connects to it. Where something uses
 * a port of its, a declaration is missing as it is elsewhere.
 */
export function servesNobody({
  workload,
  intent,
  asked,
}: Pick<Judged, 'workload' | 'intent' | 'asked'>): boolean {
  const isUndeclared = intent.kind !== 'apply' && intent.reason === 'NoDeclaredPorts';
  return runsToCompletion(workload.kind) && isUndeclared && asked.found.findings.length === 0;
}

/** Whether workloads of that kind work and end. */
export function runsToCompletion(kind: string): boolean {
  return kind === 'Job' || kind === 'CronJob';
}
