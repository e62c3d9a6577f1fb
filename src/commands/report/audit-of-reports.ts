import type { AuditedWorkload, AuditProblem, AuditResult } from '../../api/audit-result.ts';
import { REPORT_KIND } from '../../api/names.ts';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { projectReport } from '../../kube/report-projection.ts';
import { MalformedObjectError } from '../../kube/shape.ts';
import { fieldsOf } from '../../kube/wire-fields.ts';
import { compareText } from '../compare-text.ts';
import {
  conditionFindings,
  policyFindings,
  portFindings,
  rankOfSeverity,
} from './report-findings.ts';

type Status = NonNullable<PortExposureReport['status']>;

/** The reports of a cluster as an audit: what portlock keeps there about each workload, the worst first. */
export function auditOfReports(items: readonly unknown[]): AuditResult {
  const problems: AuditProblem[] = [];
  const workloads: AuditedWorkload[] = [];
  for (const [index, item] of items.entries()) {
    const workload = read(item, index, problems);
    if (workload) workloads.push(workload);
  }
  const isFound = workloads.some(({ findings }) =>
    findings.some(({ severity }) => severity !== 'note'),
  );
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'AuditResult',
    verdict: problems.length > 0 ? 'Unknown' : isFound ? 'Findings' : 'Clean',
    problems,
    workloads: workloads.sort(byRisk),
  };
}

function read(item: unknown, index: number, problems: AuditProblem[]): AuditedWorkload | undefined {
  const problem = (message: string) =>
    problems.push({ file: '', line: null, column: null, message: `items[${index}] ${message}` });
  const { kind } = fieldsOf(item);
  if (kind !== REPORT_KIND) {
    problem(`is of kind ${JSON.stringify(kind)}, not ${REPORT_KIND}`);
    return undefined;
  }
  try {
    const report = projectReport(item as object, (field) => problem(`is wrong: ${field}`));
    const { status = {} } = report;
    // An empty one says that no policy is there as little as none does.
    if (Object.keys(status).length > 0) return workloadOf(report, status);
    problem('has no status yet');
  } catch (error) {
    if (!(error instanceof MalformedObjectError)) throw error;
    problem(`is wrong: ${error.message}`);
  }
  return undefined;
}

function workloadOf({ metadata, spec }: PortExposureReport, status: Status): AuditedWorkload {
  const ports = status.ports ?? [];
  const findings = [
    ...portFindings(status),
    ...policyFindings(status),
    ...conditionFindings(spec.targetRef.kind, status),
  ];
  return {
    kind: spec.targetRef.kind,
    namespace: metadata.namespace ?? '',
    name: spec.targetRef.name,
    file: null,
    line: null,
    mode: status.mode?.toLowerCase() ?? null,
    declared: ports
      .filter(({ declared }) => declared)
      .map(({ port, protocol, containers = [] }) => ({ port, protocol, containers })),
    declaredRanges: [],
    allowed: allowedOf(status),
    reachable: status.probe
      ? ports
          .filter(({ observed }) => observed === 'Open')
          .map(({ port, protocol }) => ({ port, protocol }))
      : null,
    listening: null,
    connected: null,
    cuts: [],
    policies: (status.policies ?? []).map((each) => ({ ...each })),
    enforce: enforceOf(status),
    findings: findings.sort((a, b) => rankOfSeverity(a) - rankOfSeverity(b)),
  };
}

/** As the prober sees it: the policies may let others in that are not it. */
function allowedOf({ policies = [], ports = [] }: Status): AuditedWorkload['allowed'] {
  if (policies.every(saysNothing)) return { verdict: 'All', ports: null };
  if (policies.some(({ effect }) => effect === 'Unknown'))
    return { verdict: 'Unknown', ports: null };
  const allowed = ports.filter(({ expected }) => expected === 'Allowed');
  return {
    verdict: 'Some',
    ports: allowed.map(({ port, protocol }) => ({
      first: port,
      last: port,
      protocol,
      to: 'Some' as const,
    })),
  };
}

/** A NetworkPolicy of no effect is one about egress alone; one of a tier may close what is not declared. */
function saysNothing({ kind, effect }: NonNullable<Status['policies']>[number]): boolean {
  return kind === 'NetworkPolicy' && effect === 'None';
}

function enforceOf({ policy, conditions = [] }: Status): AuditedWorkload['enforce'] {
  const applies = policy?.state === 'Applied' || policy?.state === 'Proposed';
  const inSync = conditions.find(({ type }) => type === 'PolicyInSync');
  return {
    applies,
    reason: applies ? null : (inSync?.reason ?? null),
    message: applies ? null : (inSync?.message ?? null),
    policy: null,
  };
}

function byRisk(a: AuditedWorkload, b: AuditedWorkload): number {
  return (
    worstOf(a) - worstOf(b) ||
    b.findings.length - a.findings.length ||
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name)
  );
}

function worstOf({ findings: [worst] }: AuditedWorkload): number {
  return worst === undefined ? Number.POSITIVE_INFINITY : rankOfSeverity(worst);
}
