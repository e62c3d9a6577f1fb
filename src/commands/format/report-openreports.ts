import type {
  AuditedWorkload,
  AuditFinding,
  AuditProblem,
  AuditResult,
} from '../../api/audit-result.ts';
import { visible } from '../../domain/text/visible-text.ts';
import { placeText } from './place.ts';
import { yamlText } from './structured.ts';

/** "severity ... enum: critical, high, low, medium, info" (openreports.io/v1alpha1). */
const SEVERITIES = { high: 'high', medium: 'medium', low: 'low', note: 'info' } as const;
const API_VERSIONS: Readonly<Record<string, string>> = {
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Rollout: 'argoproj.io/v1alpha1',
};

/**
 * An audit as Reports of openreports.io/v1alpha1, one for each namespace, in YAML. What could not be read is of no
 * namespace that anybody knows: it is in a ClusterReport.
 */
export function openReports({ workloads, problems }: AuditResult): string {
  const namespaces = Map.groupBy(workloads, ({ namespace }) => namespace);
  const reports = [...namespaces]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, each]) => report('Report', { namespace }, each.flatMap(resultsOf)));
  if (problems.length > 0) reports.push(report('ClusterReport', {}, problems.map(errorOf)));
  return reports.map((each) => `---\n${yamlText(each)}`).join('');
}

function report(
  kind: 'Report' | 'ClusterReport',
  place: { namespace?: string },
  results: readonly { result: string }[],
): object {
  const count = (result: string) => results.filter((each) => each.result === result).length;
  return {
    apiVersion: 'openreports.io/v1alpha1',
    kind,
    metadata: Object.assign({ name: 'portlock-audit' }, place),
    source: 'portlock',
    summary: {
      pass: count('pass'),
      fail: count('fail'),
      warn: count('warn'),
      error: count('error'),
      skip: 0,
    },
    results,
  };
}

/** "error: indicates that the policy could not be evaluated" (openreports.io/v1alpha1). */
function errorOf(problem: AuditProblem) {
  const place = placeText(problem);
  return {
    source: 'portlock',
    category: 'Port exposure',
    policy: 'portlock',
    result: 'error',
    message: visible(place === '' ? problem.message : `${place}: ${problem.message}`),
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
