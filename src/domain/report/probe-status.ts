import { refusedTemplates, refusedToReport } from '../policy/refused-ports.ts';
import { timestamp } from '../text/time.ts';
import { visibleWithin } from '../text/visible-text.ts';
import type { Status } from './conditions.ts';
import { failures } from './enforcement.ts';
import { MAXIMUM_MESSAGE_LENGTH, MAXIMUM_PORTS, MAXIMUM_SWEEPS } from './limits.ts';
import { isDrift } from './port-rows.ts';
import type { ReportInput } from './report-input.ts';
import { secondFinding } from './row-status.ts';
import { isBlind, isOld, type SecondProbe, standingProbe } from './second-probe.ts';

type ProbeStatus = NonNullable<Status['probe']>;

/** What is known of the last probe; while a new one is not conclusive, or none can be made, the one before. */
export function probeStatus(input: ReportInput, former: ProbeStatus | undefined): ProbeStatus {
  const { permission } = input.asked;
  const { probe } = input.probing;
  const { refusedPorts: _asked, refusedTemplates: _of, ...previous } = former ?? {};
  const refused = refusedNow(input);
  if (permission.reason === undefined && !probe.conclusive) return { ...previous, ...refused };
  const { message: _outdated, ...before } = previous;
  const message = probeMessage(input);
  const known = permission.reason === undefined ? lastProbe(input) : before;
  return { ...known, ...refused, ...(message && { message }) };
}

/** What was left out, and what is still to come. */
function probeMessage({ asked: { permission }, probing }: ReportInput): string {
  const { unswept } = probing.probe;
  const { sweptPercent } = probing.evidence;
  const progress =
    sweptPercent === undefined ? '' : `, ${sweptPercent} % of the ports of one are asked`;
  const waiting = unswept > 0 ? `${unswept} of the templates still to be swept${progress}` : '';
  const { podCount = 0 } = probing.evidence.lastRound ?? {};
  const all = permission.pods.length;
  const coverage =
    podCount < all ? `${podCount} of ${all} pods asked in a round, others in the next` : '';
  const message = [permission.leftOut, coverage, waiting].filter((text) => text !== '').join('; ');
  return visibleWithin(message, MAXIMUM_MESSAGE_LENGTH);
}

/** What every pod refused, and of which templates these are. */
function refusedNow({
  subject,
  asked,
  inForce,
  probing,
}: ReportInput): Pick<ProbeStatus, 'refusedPorts' | 'refusedTemplates'> {
  const ports = refusedToReport(subject.snapshot, {
    evidence: probing.evidence,
    managed: inForce.managed !== undefined,
    referred: asked.found.referred,
  });
  if (ports.length === 0) return {};
  const templates = refusedTemplates(subject, asked.permission.pods);
  return {
    refusedPorts: ports.slice(0, MAXIMUM_PORTS),
    refusedTemplates: templates.slice(0, MAXIMUM_SWEEPS),
  };
}

/**
 * What is known from another node. The second probe tells of a conclusive round, and of nothing while it
 * cannot see what it saw before. The replica that probes keeps what stands, and takes it away where nobody can
 * be about to write it again.
 */
export function secondProbeStatus(
  input: ReportInput,
  previous: SecondProbe | undefined,
): SecondProbe | undefined {
  const { snapshot } = input.subject;
  const { permission } = input.asked;
  const { probe, evidence } = input.probing;
  const { role } = snapshot;
  if (!role.secondProbe) {
    const standing = role.probe ? standingProbe(snapshot) : previous;
    const isOver = role.probe && !role.hasSecond && standing && isOld(standing, snapshot);
    return isOver ? undefined : standing;
  }
  if (permission.unverifiable !== undefined) return undefined;
  const isUntold = permission.reason !== undefined || !probe.conclusive;
  if (isUntold || isBlind(evidence, previous)) return previous;
  const findings = input.rows.filter(isDrift).slice(0, MAXIMUM_PORTS).map(secondFinding);
  return { ...lastRoundStatus(input), ...(findings.length > 0 && { findings }) };
}

function lastProbe(input: ReportInput): ProbeStatus {
  const { evidence } = input.probing;
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
function lastRoundStatus({ subject, asked: { permission }, probing }: ReportInput) {
  const { prober } = subject.snapshot;
  const { evidence, calibration } = probing;
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
