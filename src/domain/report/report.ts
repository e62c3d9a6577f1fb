import { stringify } from 'yaml';
import {
  MANAGED_BY_LABEL,
  MANAGED_BY_VALUE,
  REPORT_API_VERSION,
  REPORT_KIND,
} from '../../api/names.ts';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import type { BeforePolicy } from '../policy/before-policy.ts';
import { renderedPolicy } from '../policy/policy.ts';
import { visibleWithin } from '../text/visible-text.ts';
import { policyName, reportName } from '../workload/object-names.ts';
import { verdicts } from './condition-verdicts.ts';
import { buildConditions, type Status } from './conditions.ts';
import {
  MAXIMUM_MANIFEST_LENGTH,
  MAXIMUM_OWNER_LENGTH,
  MAXIMUM_OWNERS,
  MAXIMUM_POLICIES,
  MAXIMUM_PORTS,
} from './limits.ts';
import type { PortRow } from './port-rows.ts';
import { probeStatus, secondProbeStatus } from './probe-status.ts';
import type { ReportInput } from './report-input.ts';
import { portStatus } from './row-status.ts';

/** The report on one workload: desired metadata and spec, and the whole status. */
export function buildReport(input: ReportInput): PortExposureReport {
  const { snapshot, workload } = input.subject;
  const { apiVersion, kind, namespace, name, uid } = workload;
  return {
    apiVersion: REPORT_API_VERSION,
    kind: REPORT_KIND,
    metadata: {
      name: reportName(workload),
      namespace,
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY_VALUE },
      ownerReferences: [
        { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: false },
      ],
    },
    spec: { targetRef: { apiVersion, kind, name } },
    status: buildStatus(input, snapshot.report?.status),
  };
}

function buildStatus(input: ReportInput, previous: Status | undefined): Status {
  const { rows, doubt } = input;
  const { snapshot, workload, settings } = input.subject;
  const { brake } = input.decision;
  const { effects } = input.inForce;
  const { evidence } = input.probing;
  const observedGeneration = snapshot.report?.metadata.generation ?? 1;
  const mode = MODES[settings.mode];
  // While probes of the same generation are under way, what they showed before still stands.
  const carried =
    previous?.targetGeneration === workload.generation && previous.mode === mode
      ? snapshot.report
      : undefined;
  const probeSection = probeStatus(input, previous?.probe);
  const secondProbe = secondProbeStatus(input, previous?.secondProbe);
  const ports = rows.slice(0, MAXIMUM_PORTS).map((row) => portStatus(row, input, carried));
  return {
    observedGeneration,
    targetGeneration: workload.generation,
    mode,
    summary: {
      declared: rows.filter((row) => row.declared).length,
      ...(doubt === undefined && (evidence.lastRound || evidence.settled.size > 0)
        ? {
            undeclaredReachable: count(rows, 'UndeclaredReachable'),
            declaredUnreachable: count(rows, 'DeclaredUnreachable'),
          }
        : {}),
      unverifiable: count(rows, 'Unverifiable'),
    },
    ...(ports.length > 0 && { ports }),
    ...(rows.length > MAXIMUM_PORTS && { portsOmitted: rows.length - MAXIMUM_PORTS }),
    policy: policyStatus(input),
    ...(brake && { brake }),
    ...(effects.length > 0 && { policies: effects.slice(0, MAXIMUM_POLICIES) }),
    ...(Object.keys(probeSection).length > 0 && { probe: probeSection }),
    ...(input.asked.before && { beforePolicy: beforeStatus(input.asked.before) }),
    ...(secondProbe && { secondProbe }),
    conditions: buildConditions(verdicts(input, carried), snapshot.report, snapshot.now),
  };
}

const MODES = { audit: 'Audit', enforce: 'Enforce', invalid: 'Invalid', off: 'Audit' } as const;

function count(rows: readonly PortRow[], finding: PortRow['finding']): number {
  return rows.filter((row) => row.finding === finding).length;
}

function beforeStatus({ pods, open, swept }: BeforePolicy): NonNullable<Status['beforePolicy']> {
  const openPorts = open.slice(0, MAXIMUM_PORTS);
  return {
    podsHash: pods,
    swept,
    ...(openPorts.length > 0 && { openPorts }),
  };
}

type PolicyStatus = NonNullable<Status['policy']>;

function policyStatus({ subject, decision, asked }: ReportInput): PolicyStatus {
  const { intent } = decision;
  const { otherOwners } = asked;
  const common = {
    name: policyName(subject.snapshot.key),
    ...(otherOwners.length > 0 && { otherOwners: shownOwners(otherOwners) }),
  };
  if (intent.kind === 'apply') return { ...common, state: 'Applied' };
  if (intent.kind !== 'remove' || !intent.proposed) return { ...common, state: 'Held' };
  const manifest = stringify(renderedPolicy(intent.proposed));
  return {
    ...common,
    state: 'Proposed',
    ...(manifest.length <= MAXIMUM_MANIFEST_LENGTH && { manifest }),
  };
}

/** Who makes a pod may name any owner. Two that are cut may look alike, and the list is a set. */
function shownOwners(owners: readonly string[]): string[] {
  const shown = owners.map((owner) => visibleWithin(owner, MAXIMUM_OWNER_LENGTH));
  return [...new Set(shown)].slice(0, MAXIMUM_OWNERS);
}
