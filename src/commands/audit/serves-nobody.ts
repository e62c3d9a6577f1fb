import type { Judged } from '../manifests/judge.ts';

/**
 * Whether nothing is missing where no port is declared: a Job works and ends, and mostly nobody connects to it. Where something uses
 * a port of its, a declaration is missing as it is elsewhere.
 */
export function servesNobody({
  workload,
  intent,
  asked,
}: Pick<Judged, 'workload' | 'intent' | 'asked'>): boolean {
  const isRun = workload.kind === 'Job' || workload.kind === 'CronJob';
  const isUndeclared = intent.kind !== 'apply' && intent.reason === 'NoDeclaredPorts';
  return isRun && isUndeclared && asked.found.findings.length === 0;
}
