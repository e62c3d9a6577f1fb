import { stringify } from 'yaml';
import {
  MANAGED_BY_LABEL,
  MANAGED_BY_VALUE,
  REPORT_API_VERSION,
  REPORT_KIND,
} from '../api/names.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { buildConditions, type Status, timestamp } from './conditions.ts';
import { failures } from './enforcement.ts';
import { isDrift, isDriftFinding, type PortRow } from './findings.ts';
import { policyName, reportName } from './object-names.ts';
import { renderedPolicy } from './policy.ts';
import { refusedToReport } from './refused-ports.ts';
import {
  isBlind,
  isOld,
  type SecondFinding,
  type SecondProbe,
  standingProbe,
} from './second-probe.ts';
import { type ReportInput, verdicts } from './verdicts.ts';
import { visibleWithin } from './visible-text.ts';

/** As many rows and policies as the CRD takes. */
const MAXIMUM_PORTS = 256;
const MAXIMUM_POLICIES = 64;
const MAXIMUM_CONTAINERS = 16;
const MAXIMUM_OWNERS = 16;
const MAXIMUM_OWNER_LENGTH = 317;
/** Eight templates, each in both IP families. */
const MAXIMUM_SWEEPS = 16;
const MAXIMUM_MESSAGE_LENGTH = 1024;
const MAXIMUM_MANIFEST_LENGTH = 32_768;

/** The report on one workload: desired metadata and spec, and the whole status. */
export function buildReport(input: ReportInput): PortExposureReport {
  const { snapshot, workload } = input;
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
  const { snapshot, workload, settings, rows, effects, evidence, doubt, brake } = input;
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
    ...(secondProbe && { secondProbe }),
    conditions: buildConditions(
      verdicts(input, carried),
      snapshot.report,
      observedGeneration,
      snapshot.now,
    ),
  };
}

const MODES = { audit: 'Audit', enforce: 'Enforce', invalid: 'Invalid', off: 'Audit' } as const;

function count(rows: readonly PortRow[], finding: PortRow['finding']): number {
  return rows.filter((row) => row.finding === finding).length;
}

function portStatus(
  row: PortRow,
  { snapshot }: ReportInput,
  carried: PortExposureReport | undefined,
): PortStatus {
  const {
    containers,
    isCurrent,
    message,
    firstSeen,
    lastSeen,
    observedHere: _,
    families,
    ...rest
  } = row;
  // After a restart, what the report says stands until the pods are probed again.
  if (!isCurrent && snapshot.evidence === undefined) {
    const before = carried?.status?.ports?.find(
      ({ port, protocol }) => port === row.port && protocol === row.protocol,
    );
    if (before && before.finding === row.finding) return before;
  }
  return {
    ...rest,
    ...(families && { families: [...families] }),
    ...(isDriftFinding(row.finding) && seenTimes(row)),
    ...(message !== undefined && { message: visibleWithin(message, MAXIMUM_MESSAGE_LENGTH) }),
    ...(containers.length > 0 && { containers: containers.slice(0, MAXIMUM_CONTAINERS) }),
  };
}

function seenTimes({ firstSeen, lastSeen }: PortRow) {
  return {
    ...(firstSeen !== undefined && { firstSeenTime: timestamp(firstSeen) }),
    ...(lastSeen !== undefined && { lastSeenTime: timestamp(lastSeen) }),
  };
}

type PortStatus = NonNullable<Status['ports']>[number];
type PolicyStatus = NonNullable<Status['policy']>;
type ProbeStatus = NonNullable<Status['probe']>;

function policyStatus({ snapshot, intent, otherOwners }: ReportInput): PolicyStatus {
  const common = {
    name: policyName(snapshot.key),
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

/** What was left out, and what is still to come. */
function probeMessage({ permission, probe }: ReportInput): string {
  const { unswept } = probe;
  const waiting = unswept > 0 ? `${unswept} of the templates still to be swept` : '';
  const message = [permission.leftOut, waiting].filter((text) => text !== '').join('; ');
  return visibleWithin(message, MAXIMUM_MESSAGE_LENGTH);
}

/** What is known of the last probe; while a new one is not conclusive, or none can be made, the one before. */
function probeStatus(input: ReportInput, former: ProbeStatus | undefined): ProbeStatus {
  const { probe, permission } = input;
  const { refusedPorts: _asked, ...previous } = former ?? {};
  const { referred } = input.found;
  const refusedPorts = refusedToReport(input.snapshot, { ...input, referred }).slice(
    0,
    MAXIMUM_PORTS,
  );
  const refused = refusedPorts.length > 0 ? { refusedPorts } : {};
  if (permission.reason === undefined && !probe.conclusive) return { ...previous, ...refused };
  const { message: _outdated, ...before } = previous;
  const message = probeMessage(input);
  const known = permission.reason === undefined ? lastProbe(input) : before;
  return { ...known, ...refused, ...(message && { message }) };
}

/**
 * What is known from another node. The second probe tells of a conclusive round, and of nothing while it
 * cannot see what it saw before. The replica that probes keeps what stands, and takes it away where nobody can
 * be about to write it again.
 */
function secondProbeStatus(
  input: ReportInput,
  previous: SecondProbe | undefined,
): SecondProbe | undefined {
  const { snapshot, probe, permission, rows, evidence } = input;
  const { role } = snapshot;
  if (!role.secondProbe) {
    const standing = role.probe ? standingProbe(snapshot) : previous;
    const isOver = role.probe && !role.hasSecond && standing && isOld(standing, snapshot);
    return isOver ? undefined : standing;
  }
  if (permission.unverifiable !== undefined) return undefined;
  const isUntold = permission.reason !== undefined || !probe.conclusive;
  if (isUntold || isBlind(evidence, previous)) return previous;
  const findings = rows.filter(isDrift).slice(0, MAXIMUM_PORTS).map(secondFinding);
  return { ...lastRoundStatus(input), ...(findings.length > 0 && { findings }) };
}

function secondFinding(row: PortRow): SecondFinding {
  const { port, protocol, expected, observed, pods, families, finding, message = '' } = row;
  return {
    port,
    protocol,
    finding: finding as SecondFinding['finding'],
    expected,
    observed,
    pods,
    ...(families && { families: [...families] }),
    ...seenTimes(row),
    message: visibleWithin(message, MAXIMUM_MESSAGE_LENGTH),
  };
}

function lastProbe(input: ReportInput): ProbeStatus {
  const { evidence } = input;
  const sweeps = evidence.sweeps.slice(0, MAXIMUM_SWEEPS).map((sweep) => {
    const { pod } = sweep;
    const { open, refused, filtered } = sweep.counts;
    const failed = failures(sweep);
    const times = {
      startTime: timestamp(sweep.startedAt),
      completionTime: timestamp(sweep.endedAt),
    };
    const { templateHash, ip } = sweep;
    return {
      pod: pod.name,
      ip,
      node: pod.node,
      templateHash,
      ...times,
      open,
      refused,
      filtered,
      failed,
    };
  });
  return {
    ...lastRoundStatus(input),
    policiesSinceTime: timestamp(evidence.policiesSince),
    ...(sweeps.length > 0 && { sweeps }),
  };
}

/** From where the last round was made, and of what. */
function lastRoundStatus({ snapshot, evidence, permission, calibration }: ReportInput) {
  const { prober } = snapshot;
  const { state, message, between, since } = calibration;
  const { lastRound } = evidence;
  return {
    ...(lastRound && {
      lastProbeTime: timestamp(lastRound.endedAt),
      pods: lastRound.podCount,
      ports: lastRound.portCount,
    }),
    fromPod: `${prober.namespace}/${prober.pod}`,
    fromNode: prober.node,
    sameNodePods: permission.pods.filter(({ node }) => node === prober.node).length,
    policiesHash: evidence.policies,
    calibration: {
      state,
      message: visibleWithin(message, MAXIMUM_MESSAGE_LENGTH),
      ...between,
      ...(between && { sinceTime: timestamp(since) }),
    },
  };
}
