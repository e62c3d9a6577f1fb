import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { expectations, proberPeer } from '../evaluate/expectation.ts';
import { familiesOf, familyOf, IP_FAMILIES, type IpFamily } from '../match/ip-family.ts';
import { closedInWords } from '../policy/first-policy.ts';
import { wasInForce } from '../policy/policy-in-force.ts';
import type { Snapshot } from '../snapshot.ts';
import { endedInWords } from './acceptances.ts';
import { type Doubt, doubtOf } from './doubt.ts';
import { type EventNote, policyEvents, reportEvents } from './events.ts';
import { lateEvents } from './late-events.ts';
import { type PortRow, portRows } from './port-rows.ts';
import { buildReport } from './report.ts';
import type { Decided } from './report-input.ts';
import { countingProbe, withSecondProbe } from './second-probe.ts';

/** What is said about a workload. */
interface Told {
  report: PortExposureReport;
  events: readonly EventNote[];
}

/** Puts in words what is decided and what probing has shown. */
export function tell(decided: Decided): Told {
  const { subject, asked, decision, probing } = decided;
  const { snapshot } = subject;
  const doubt = doubtOf(asked.permission, probing.evidence);
  const isAlone = doubt !== undefined || snapshot.role.secondProbe;
  const second = isAlone ? undefined : countingProbe(snapshot, probing.evidence.policies);
  const rows = withSecondProbe(ownRows(decided, doubt), second);
  const report = buildReport({ ...decided, rows, doubt, second });
  return {
    report,
    events: [
      ...policyEvents(
        snapshot,
        decision.step,
        wasInForce(subject) ? '' : closedInWords(asked, subject),
      ),
      ...reportEvents(snapshot, report, endedInWords(decided)),
      ...lateEvents(decided, report),
    ],
  };
}

/** What this replica knows of every port. */
function ownRows(
  { subject: { snapshot }, asked, inForce, probing }: Decided,
  doubt: Doubt | undefined,
): PortRow[] {
  const { evidence, calibration } = probing;
  return portRows({
    declared: asked.declared,
    ranges: asked.ranges,
    calibration,
    unused: asked.found.unused,
    evidence: doubt ? { ...evidence, settled: new Map() } : evidence,
    expectation: expectations(inForce.selecting, asked.targets, proberPeer(snapshot.prober)),
    families: probedFamilies(snapshot),
    unverifiable: doubt?.isAboutPorts ? doubt.message : undefined,
  });
}

/** Over which families the pods are reached; without pods, those of the prober. */
function probedFamilies({ pods, prober }: Snapshot): readonly IpFamily[] {
  const ofPods = IP_FAMILIES.filter((family) =>
    pods.some(
      ({ live, hostNetwork, ips }) =>
        live && !hostNetwork && ips.some((each) => familyOf(each) === family),
    ),
  );
  if (ofPods.length > 0) return ofPods;
  const ofProber = familiesOf(prober.ips);
  return ofProber.length > 0 ? ofProber : IP_FAMILIES;
}
