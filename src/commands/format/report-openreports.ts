import type { AuditedWorkload, AuditFinding, AuditResult } from '../../api/audit-result.ts';
import { visible } from '../../domain/text/visible-text.ts';
import { yamlText } from './structured.ts';

/** "severity ... enum: critical, high, low, medium, info" (openreports.io/v1alpha1). */
const SEVERITIES = { high: 'high', medium: 'medium', low: 'low', note: 'info' } as const;
const API_VERSIONS: Readonly<Record<string, string>> = {
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Rollout: 'argoproj.io/v1alpha1',
};

/** An audit as Reports of openreports.io/v1alpha1, one for each namespace, in YAML. */
export function openReports({ workloads }: AuditResult): string {
  const namespaces = Map.groupBy(workloads, ({ namespace }) => namespace);
  return [...namespaces]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, each]) => `---\n${yamlText(report(namespace, each))}`)
    .join('');
}

function report(namespace: string, workloads: readonly AuditedWorkload[]): object {
  const results = workloads.flatMap(resultsOf);
  const count = (result: string) => results.filter((each) => each.result === result).length;
  return {
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'Report',
    metadata: { name: 'portlock-audit', namespace },
    source: 'portlock',
    summary: { pass: count('pass'), fail: count('fail'), warn: count('warn'), error: 0, skip: 0 },
    results,
  };
}

function resultsOf(workload: AuditedWorkload) {
  const { kind, namespace, name, findings } = workload;
  const about = {
    source: 'portlock',
    category: 'Port exposure',
    resources: [{ apiVersion: API_VERSIONS[kind] ?? 'apps/v1', kind, namespace, name }],
  };
  if (findings.length === 0)
    return [{ ...about, policy: 'portlock', result: 'pass', message: 'Nothing was found' }];
  // Each with its own copy: YAML would make aliases of one that they share.
  return findings.map((finding) => ({ ...structuredClone(about), ...resultOf(finding) }));
}

function resultOf({ id, name, severity, message, fix }: AuditFinding) {
  return {
    policy: name,
    rule: id,
    severity: SEVERITIES[severity],
    result: severity === 'note' ? 'warn' : 'fail',
    message: visible(message),
    properties: { fix: visible(fix) },
  };
}
