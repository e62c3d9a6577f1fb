import { stringify } from 'yaml';
import {
  MANAGED_BY_LABEL,
  MANAGED_BY_VALUE,
  REPORT_API_VERSION,
  REPORT_KIND,
} from '../api/names.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { canonicalJson } from './canonical.ts';
import { buildConditions, type ConditionType, type Status, timestamp } from './conditions.ts';
import { failures } from './enforcement.ts';
import type { PortRow } from './findings.ts';
import { policyName, renderedPolicy } from './policy.ts';

import { no, unknown, type Verdict, yes } from './verdict.ts';
import { type ReportInput, verdicts } from './verdicts.ts';

/** As many rows and policies as the CRD takes. */
const MAXIMUM_PORTS = 256;
const MAXIMUM_POLICIES = 64;
const MAXIMUM_CONTAINERS = 16;
const MAXIMUM_MANIFEST_LENGTH = 32_768;

/** The report on one workload: desired metadata and spec, and the whole status. */
export function buildReport(input: ReportInput): PortExposureReport {
  const { snapshot, workload } = input;
  const { apiVersion, kind, namespace, name, uid } = workload;
  return {
    apiVersion: REPORT_API_VERSION,
    kind: REPORT_KIND,
    metadata: {
      ...{ name, namespace, labels: { [MANAGED_BY_LABEL]: MANAGED_BY_VALUE } },
      ownerReferences: [
        { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: false },
      ],
    },
    spec: { targetRef: { apiVersion, kind, name } },
    status: buildStatus(input, snapshot.report?.status),
  };
}

/** Whether a live report already says the same. */
export function sameReport(
  desired: PortExposureReport,
  live: PortExposureReport | undefined,
): boolean {
  return (
    live !== undefined &&
    canonicalJson(live.status) === canonicalJson(desired.status) &&
    canonicalJson(live.metadata.ownerReferences) === canonicalJson(desired.metadata.ownerReferences)
  );
}

function buildStatus(input: ReportInput, previous: Status | undefined): Status {
  const { snapshot, workload, settings, rows, effects, evidence, probe, permission } = input;
  const observedGeneration = snapshot.report?.metadata.generation ?? 1;
  const mode = MODES[settings.mode];
  // While probes of the same generation are under way, what they showed before still stands.
  const carried =
    previous?.targetGeneration === workload.generation && previous.mode === mode
      ? snapshot.report
      : undefined;
  const known = probe.conclusive && permission.reason === undefined;
  const probeSection = known
    ? probeStatus(input)
    : (previous?.probe ?? messageOnly(permission.leftOut));
  return {
    observedGeneration,
    targetGeneration: workload.generation,
    mode,
    summary: {
      declared: rows.filter((row) => row.declared).length,
      ...(evidence.lastRound || evidence.settled.size > 0
        ? {
            undeclaredReachable: count(rows, 'UndeclaredReachable'),
            declaredUnreachable: count(rows, 'DeclaredUnreachable'),
          }
        : {}),
      unverifiable: count(rows, 'Unverifiable'),
    },
    ports: rows.slice(0, MAXIMUM_PORTS).map(portStatus),
    ...(rows.length > MAXIMUM_PORTS && { portsOmitted: rows.length - MAXIMUM_PORTS }),
    policy: policyStatus(input),
    policies: effects.slice(0, MAXIMUM_POLICIES),
    ...(probeSection && { probe: probeSection }),
    conditions: buildConditions(
      verdicts(input, carried),
      snapshot.report,
      observedGeneration,
      snapshot.now,
    ),
  };
}

/** The same report where the policy could not be written: nothing may be said of a policy that is not there. */
export function withPolicyFailure(
  report: PortExposureReport,
  live: PortExposureReport | undefined,
  failure: { reason: string; message: string },
  now: number,
): PortExposureReport {
  const status = report.status ?? {};
  const previous = new Map((status.conditions ?? []).map((each) => [each.type, each]));
  const failed = {
    PolicyInSync: no(failure.reason, failure.message),
    Ready: no(failure.reason, failure.message),
    Reconciling: yes(failure.reason, 'The write of the policy is tried again'),
    EnforcementVerified: unknown(failure.reason, 'The policy could not be written'),
  };
  const verdicts = { ...Object.fromEntries(previous), ...failed } as Record<ConditionType, Verdict>;
  const observedGeneration = status.observedGeneration ?? 1;
  const conditions = buildConditions(verdicts, live, observedGeneration, now);
  return { ...report, status: { ...status, conditions } };
}

const MODES = { audit: 'Audit', enforce: 'Enforce', invalid: 'Invalid', off: 'Audit' } as const;

function count(rows: readonly PortRow[], finding: PortRow['finding']): number {
  return rows.filter((row) => row.finding === finding).length;
}

function portStatus(row: PortRow): NonNullable<Status['ports']>[number] {
  const { containers, ...rest } = row;
  return {
    ...rest,
    ...(containers.length > 0 && { containers: containers.slice(0, MAXIMUM_CONTAINERS) }),
  };
}

function policyStatus({ snapshot, intent }: ReportInput): NonNullable<Status['policy']> {
  const name = policyName(snapshot.key.name);
  if (intent.kind === 'apply') return { name, state: 'Applied' };
  if (intent.kind === 'hold' || !intent.proposed) return { name, state: 'Held' };
  const manifest = stringify(renderedPolicy(intent.proposed));
  return {
    name,
    state: 'Proposed',
    ...(manifest.length <= MAXIMUM_MANIFEST_LENGTH && { manifest }),
  };
}

function messageOnly(message: string): Status['probe'] {
  return message ? { message } : undefined;
}

function probeStatus({ snapshot, evidence, permission }: ReportInput): Status['probe'] {
  const { prober } = snapshot;
  const { lastRound } = evidence;
  return {
    ...(lastRound && {
      lastProbeTime: timestamp(lastRound.endedAt),
      ...{ pods: lastRound.podCount, ports: lastRound.portCount },
    }),
    ...{ fromPod: `${prober.namespace}/${prober.pod}`, fromNode: prober.node },
    sweeps: evidence.sweeps.map((sweep) => ({
      ...{ pod: sweep.pod.name, node: sweep.pod.node, completionTime: timestamp(sweep.endedAt) },
      ...{
        open: sweep.counts.open,
        refused: sweep.counts.refused,
        filtered: sweep.counts.filtered,
      },
      failed: failures(sweep),
    })),
    ...messageOnly(permission.leftOut),
  };
}
