import type { Protocol } from '../api/kubernetes.ts';
import { mayOpen } from './evaluate/effect.ts';
import { expectations, proberPeer } from './evaluate/expectation.ts';
import { policyEffects } from './evaluate/policy-effects.ts';
import {
  type AllPolicies,
  type PolicyTarget,
  policiesFingerprint,
  policiesSelecting,
  policyTargets,
} from './evaluate/targets.ts';
import { familiesOf, IP_FAMILIES, type IpFamily } from './match/ip-family.ts';
import type { Plan } from './plan.ts';
import { brakeNow, watchingBrake } from './policy/brake.ts';
import { type Former, NOTHING_FORMER } from './policy/former-names.ts';
import { type Intent, policyIntent } from './policy/intent.ts';
import { otherOwners, podsOfOtherOwners, usesByOtherOwners } from './policy/other-owners.ts';
import { countedPorts, wasInForce } from './policy/policy-in-force.ts';
import {
  desiredPolicy,
  formerToRemove,
  type PolicyStep,
  policyStep,
} from './policy/policy-step.ts';
import { refusedPorts } from './policy/refused-ports.ts';
import { meshUses } from './preflight/mesh-uses.ts';
import { preflight } from './preflight/preflight.ts';
import { calibrationFor } from './probing/calibration.ts';
import { asOfNow, type Evidence, emptyEvidence, withPolicies } from './probing/evidence.ts';
import { probePermission } from './probing/probe-permission.ts';
import { fingerprint, NOTHING_TO_PROBE, planProbe } from './probing/probe-plan.ts';
import { reportedEvidence } from './probing/reported-evidence.ts';
import { doubtOf } from './report/doubt.ts';
import { policyEvents, reportEvents } from './report/events.ts';
import { declaredTcpPorts, portRows } from './report/port-rows.ts';
import { buildReport } from './report/report.ts';
import {
  countingProbe,
  secondTiming,
  withReportedPorts,
  withSecondProbe,
} from './report/second-probe.ts';
import type { Brake, Snapshot } from './snapshot.ts';
import { declaredPorts } from './workload/declared-ports.ts';
import { meshesOf, meshOfRollout } from './workload/mesh.ts';
import { policyName } from './workload/object-names.ts';
import { isOurs, livePolicy } from './workload/ownership.ts';
import { readSettings, type Settings } from './workload/settings.ts';
import type { ContainerPort, Workload } from './workload/workload.ts';

/** The heart of portlock: what should become of one workload's policy, report and probes. Pure. */
export function decide(snapshot: Snapshot): Plan {
  const { workload, namespace } = snapshot;
  const settings = workload && readSettings(workload, namespace);
  if (!workload || !settings || settings.mode === 'off') return optOut(snapshot);

  // What is asked for, and what stands against it.
  const asked = [...settings.extraPorts, ...portsOfHeldPolicy(snapshot, settings)];
  const declared = declaredPorts(workload, snapshot.pods, asked, countedPorts(snapshot));
  const meshes = meshesOf(workload, namespace, snapshot.pods);
  const meshToCome = meshOfRollout(workload, snapshot.pods) ?? [];
  const targets = policyTargets(workload, namespace, snapshot.pods, allPolicies(snapshot));
  const found = preflight({
    namespace: workload.namespace,
    template: workload.template,
    declared,
    extraPorts: settings.extraPorts,
    acceptedCuts: settings.acceptedCuts,
    pods: snapshot.selected.filter(({ hostNetwork }) => !hostNetwork),
    cluster: snapshot.usage,
    otherUses: [
      ...meshUses(meshes.concat(meshToCome)),
      ...usesByOtherOwners(podsOfOtherOwners(snapshot), declared),
    ],
    outside: {
      before: snapshot.references,
      refused: () => refusedPorts(snapshot, isClosedByOthers(snapshot, targets)),
    },
  });
  const brake = settings.mode === 'audit' ? undefined : brakeNow(snapshot, workload);
  const intent = policyIntent({
    snapshot,
    workload,
    settings,
    declared,
    found,
    brake,
    targets: selectedTargets(snapshot, workload, targets),
  });
  const step = policyStep(snapshot, intent);
  const policy: PolicyStep = snapshot.role.policy ? step : { do: 'nothing' };

  // What is in force once that is done, and what probing has shown of it.
  const former = formerToRemove(snapshot, intent);
  const all = allPolicies(snapshot, policy, former);
  const inForce = policiesSelecting(all, targets);
  const managed = all.networkPolicies.find(
    (each) => each.metadata.name === policyName(workload) && isOurs(each, snapshot.key),
  );
  const effects = policyEffects(inForce, targets, declared, managed?.metadata.name);
  const tcp = declaredTcpPorts(declared);
  const evidence = currentEvidence(snapshot, inForce, targets, tcp);
  const permission = probePermission({
    pods: snapshot.pods,
    proberUid: snapshot.prober.podUid,
    settings,
    workload,
    meshes,
  });
  const calibration = calibrationFor(
    snapshot.calibrations,
    permission.pods.map(({ node }) => node),
  );
  const probe = planProbe({
    now: snapshot.now,
    pods: permission.pods,
    timing: snapshot.role.secondProbe ? secondTiming(snapshot.timing) : snapshot.timing,
    proberNode: snapshot.prober.node,
    declared: tcp,
    evidence,
    calibration,
    // What our policy closes is silent or refuses, whether anything listens or not.
    referred: managed ? [] : found.referred,
    enforced: managed !== undefined && !effects.some(mayOpen),
    sweeping: !snapshot.role.secondProbe,
  });

  // What is said about it.
  const doubt = doubtOf(permission, evidence);
  const ownRows = portRows({
    declared,
    calibration,
    unused: found.unused,
    evidence: doubt ? { ...evidence, settled: new Map() } : evidence,
    expectation: expectations(inForce, targets, proberPeer(snapshot.prober)),
    families: probedFamilies(snapshot),
    unverifiable: doubt?.isAboutPorts ? doubt.message : undefined,
  });
  const isAlone = doubt !== undefined || snapshot.role.secondProbe;
  const second = isAlone ? undefined : countingProbe(snapshot, evidence.policies);
  const rows = withSecondProbe(ownRows, second);
  const report = buildReport({
    snapshot,
    workload,
    settings,
    intent,
    rows,
    effects,
    evidence,
    probe,
    permission,
    found,
    calibration,
    doubt,
    second,
    managed: managed !== undefined,
    isPending: step.do !== policy.do,
    otherOwners: otherOwners(snapshot),
    brake: brakeAfter(snapshot, intent, brake),
  });
  return {
    policy,
    report: { do: 'ensure', report, live: snapshot.report },
    former,
    events: [...policyEvents(snapshot, policy), ...reportEvents(snapshot, report)],
    desired: desiredPolicy(snapshot, intent),
    found,
    probe,
    probeable: new Set(permission.pods.map(({ uid }) => uid)),
    evidence,
    declared: tcp,
  };
}

/** Over which families the pods are reached; without pods, those of the prober. */
function probedFamilies({ pods, prober }: Snapshot): readonly IpFamily[] {
  const reached = pods.filter(({ live, hostNetwork }) => live && !hostNetwork);
  const ofPods = familiesOf(reached.flatMap(({ ips }) => ips));
  if (ofPods.length > 0) return ofPods;
  const ofProber = familiesOf(prober.ips);
  return ofProber.length > 0 ? ofProber : IP_FAMILIES;
}

/** The workload is out, or gone: so are the policy and the report, where they are ours. */
function optOut(snapshot: Snapshot): Plan {
  const live = livePolicy(snapshot);
  const { role, report } = snapshot;
  const isLeft = role.policy && live !== undefined && isOurs(live, snapshot.key);
  const policy: PolicyStep = isLeft ? { do: 'delete', live } : { do: 'nothing' };
  return {
    policy,
    report: role.policy && report ? { do: 'delete', live: report } : { do: 'nothing' },
    former: formerToRemove(snapshot, undefined),
    events: snapshot.workload ? policyEvents(snapshot, policy) : [],
    desired: undefined,
    found: { findings: [], unused: [], referred: [], references: new Map() },
    probe: NOTHING_TO_PROBE,
    probeable: new Set<string>(),
    evidence: undefined,
    declared: new Set<number>(),
  };
}

/** Whether any policy but ours may close ports of the pods. */
function isClosedByOthers(snapshot: Snapshot, targets: readonly PolicyTarget[]): boolean {
  const own = livePolicy(snapshot);
  const selecting = policiesSelecting(allPolicies(snapshot), targets);
  return (
    selecting.networkPolicies.some((policy) => policy !== own) ||
    selecting.tieredPolicies.length > 0 ||
    selecting.pluginPolicies.length > 0
  );
}

/** All policies; once a step is done, where one is given. */
function allPolicies(
  { policies, tieredPolicies, pluginPolicies }: Snapshot,
  step: PolicyStep = { do: 'nothing' },
  former: Former = NOTHING_FORMER,
): AllPolicies {
  const gone = [...former.policies, ...(step.do === 'nothing' ? [] : [step.live])];
  const others = policies.filter((each) => !gone.includes(each));
  const networkPolicies = step.do === 'apply' ? [...others, step.policy] : others;
  return { networkPolicies, tieredPolicies, pluginPolicies };
}

/** What the policy is about: the workload's own pods, and those of other owners that its selector matches. */
function selectedTargets(
  snapshot: Snapshot,
  workload: Workload,
  own: readonly PolicyTarget[],
): readonly PolicyTarget[] {
  const strangers = podsOfOtherOwners(snapshot).filter(({ hostNetwork }) => !hostNetwork);
  if (strangers.length === 0) return own;
  const others = policyTargets(workload, snapshot.namespace, strangers, allPolicies(snapshot));
  return [...own, ...others];
}

/** Readiness is watched from the moment on in which the policy is first applied. */
function brakeAfter(
  snapshot: Snapshot,
  intent: Intent,
  brake: Brake | undefined,
): Brake | undefined {
  const isFirst =
    intent.kind === 'apply' && (!wasInForce(snapshot) || (!brake && isUntold(snapshot)));
  return isFirst ? watchingBrake(snapshot) : brake;
}

/** Whether the policy was applied a moment ago and no report came to tell of it. */
function isUntold(snapshot: Snapshot): boolean {
  const { now, timing, report } = snapshot;
  const created = Date.parse(livePolicy(snapshot)?.metadata.creationTimestamp ?? '');
  return report?.status?.policy?.state !== 'Applied' && now - created < timing.brake;
}

/**
 * While the owner's words cannot be followed, the last good policy stays in force: what it allows is
 * what was declared.
 */
function portsOfHeldPolicy(snapshot: Snapshot, settings: Settings): ContainerPort[] {
  const live = livePolicy(snapshot);
  if (settings.problems.length === 0 || !live || !isOurs(live, snapshot.key)) return [];
  return (live.spec.ingress ?? []).flatMap(({ ports = [] }) =>
    ports.flatMap(({ port, protocol }) =>
      typeof port === 'number' ? [{ port, protocol: protocol as Protocol, container: '' }] : [],
    ),
  );
}

/**
 * Evidence under the policies of now; after a restart it begins with what the report says. The second probe
 * begins with nothing that was seen from elsewhere, and knows only which ports to ask.
 */
function currentEvidence(
  snapshot: Snapshot,
  inForce: AllPolicies,
  targets: readonly PolicyTarget[],
  declared: ReadonlySet<number>,
): Evidence {
  const policies = fingerprint(policiesFingerprint(inForce, targets));
  const templates = new Set(snapshot.pods.map(({ templateHash }) => templateHash));
  // They may have been edited a moment ago: that is nowhere to be read.
  const since = inForce.networkPolicies.length > 0 ? snapshot.now : 0;
  const evidence = snapshot.evidence
    ? sameEvidence(snapshot.evidence, policies, snapshot.now)
    : firstEvidence(snapshot, policies, since);
  const { secondProbe } = snapshot.role;
  const asked = secondProbe ? withReportedPorts(evidence, snapshot) : evidence;
  return asOfNow(asked, templates, declared);
}

function sameEvidence(before: Evidence, policies: string, now: number): Evidence {
  const evidence = withPolicies(before, policies, now);
  // The clock may have been put back.
  return { ...evidence, policiesSince: Math.min(evidence.policiesSince, now) };
}

function firstEvidence(snapshot: Snapshot, policies: string, since: number): Evidence {
  const { report, now, prober, role } = snapshot;
  const reported = reportedEvidence(report, policies, since, now, prober.node);
  const { policiesSince } = reported;
  return role.secondProbe
    ? emptyEvidence(policies, policiesSince, { settled: new Map(), seen: [] })
    : reported;
}
