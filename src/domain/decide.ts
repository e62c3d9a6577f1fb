import type { NetworkPolicy, Protocol } from '../api/kubernetes.ts';
import { canonicalJson } from './canonical.ts';
import { policyEvents, reportEvents } from './event-notes.ts';
import {
  asOfNow,
  type Evidence,
  emptyEvidence,
  type Observation,
  withPolicies,
} from './evidence.ts';
import { declaredTcpPorts, portRows } from './findings.ts';
import { type Intent, livePolicy, policyIntent } from './intent.ts';
import { isOurs } from './ownership.ts';
import type { Plan, PolicyStep } from './plan.ts';
import { policyName } from './policy.ts';
import { policyEffects } from './policy-effects.ts';
import { declaredPorts } from './ports.ts';
import { preflight } from './preflight/preflight.ts';
import { probePermission } from './probe-permission.ts';
import { fingerprint, NOTHING_TO_PROBE, planProbe } from './probe-plan.ts';
import { buildReport } from './report.ts';
import { readSettings, type Settings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { expectations, isolatingPolicies, policyTargets, proberPeer } from './targets.ts';
import type { ContainerPort } from './workload.ts';

/** The heart of portlock: what should become of one workload's policy, report and probes. Pure. */
export function decide(snapshot: Snapshot): Plan {
  const { workload } = snapshot;
  const settings = workload && readSettings(workload);
  if (!workload || !settings || settings.mode === 'off') return optOut(snapshot);

  const declared = declaredPorts(workload, snapshot.pods, [
    ...settings.extraPorts,
    ...portsOfHeldPolicy(snapshot, settings),
  ]);
  const found = preflight({
    ...{ namespace: workload.namespace, template: workload.template, declared },
    ...{ extraPorts: settings.extraPorts, acceptedCuts: settings.acceptedCuts },
    pods: snapshot.selected.filter(({ hostNetwork }) => !hostNetwork),
    cluster: snapshot.usage,
  });
  const intent = policyIntent(snapshot, workload, settings, declared, found);
  const policy = policyStep(snapshot, intent);

  const policies = policiesAfter(snapshot, policy);
  const targets = policyTargets(workload, snapshot.pods);
  const isolating = isolatingPolicies(policies, targets);
  const managed = policies.find(
    (each) => each.metadata.name === policyName(workload.name) && isOurs(each, snapshot.key),
  );

  const tcp = declaredTcpPorts(declared);
  const evidence = currentEvidence(snapshot, isolating, tcp);
  const permission = probePermission(snapshot, settings, workload);
  const effects = policyEffects(policies, targets, declared, managed?.metadata.name);
  // What another policy allows may refuse without anything being wrong with ours.
  const enforced = managed !== undefined && !effects.some(({ effect }) => effect === 'Widens');
  const probe = permission.pods.length
    ? planProbe({
        ...snapshot,
        ...{ pods: permission.pods, proberNode: snapshot.prober.node },
        ...{ declared: tcp, evidence, enforced },
      })
    : NOTHING_TO_PROBE;

  const peer = proberPeer(snapshot.prober);
  const rows = portRows(
    declared,
    permission.reason ? { ...evidence, settled: new Map() } : evidence,
    expectations(isolating, targets, peer),
    snapshot.calibration,
    permission.unverifiable,
    found.unused,
  );
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
    managed: managed !== undefined,
    found,
  });
  return {
    policy,
    report: { do: 'ensure', report, live: snapshot.report },
    events: [...policyEvents(snapshot, policy), ...reportEvents(snapshot.report, report)],
    desired: intent.kind === 'apply' ? intent.policy : undefined,
    probe,
    probeable: new Set(permission.pods.map(({ uid }) => uid)),
    evidence,
    declared: tcp,
  };
}

/** The workload is out, or gone: so are the policy and the report, where they are ours. */
function optOut(snapshot: Snapshot): Plan {
  const live = livePolicy(snapshot);
  const policy: PolicyStep =
    live && isOurs(live, snapshot.key) ? { do: 'delete', live } : { do: 'nothing' };
  return {
    policy,
    report: snapshot.report ? { do: 'delete', live: snapshot.report } : { do: 'nothing' },
    events: snapshot.workload ? policyEvents(snapshot, policy) : [],
    desired: undefined,
    ...{ probe: NOTHING_TO_PROBE, probeable: new Set<string>() },
    ...{ evidence: undefined, declared: new Set<number>() },
  };
}

function policyStep(snapshot: Snapshot, intent: Intent): PolicyStep {
  const live = livePolicy(snapshot);
  if (intent.kind === 'hold' || intent.kind === 'failed') return { do: 'nothing' };
  if (intent.kind === 'remove') {
    return live && isOurs(live, snapshot.key) ? { do: 'delete', live } : { do: 'nothing' };
  }
  return live && inForce(live, intent.policy)
    ? { do: 'nothing' }
    : { do: 'apply', policy: intent.policy, live };
}

/** Whether the live policy already says all that the desired one says, and no more. */
export function inForce(live: NetworkPolicy, desired: NetworkPolicy): boolean {
  const labels = Object.entries(desired.metadata.labels ?? {});
  return (
    canonicalJson(live.spec) === canonicalJson(desired.spec) &&
    canonicalJson(live.metadata.ownerReferences) ===
      canonicalJson(desired.metadata.ownerReferences) &&
    labels.every(([key, value]) => live.metadata.labels?.[key] === value)
  );
}

/** The policies of the namespace as they will be once the step is done. */
function policiesAfter(snapshot: Snapshot, step: PolicyStep): NetworkPolicy[] {
  if (step.do === 'nothing') return [...snapshot.policies];
  const others = snapshot.policies.filter((policy) => policy !== step.live);
  return step.do === 'apply' ? [...others, step.policy] : others;
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

/** Evidence under the policies of now; after a restart it begins with what the report says. */
function currentEvidence(
  snapshot: Snapshot,
  isolating: readonly NetworkPolicy[],
  declared: ReadonlySet<number>,
): Evidence {
  const policies = fingerprint(
    isolating.map(({ metadata, spec }) => canonicalJson([metadata.name, spec])),
  );
  const templates = new Set(snapshot.pods.map(({ templateHash }) => templateHash));
  if (snapshot.evidence) {
    const evidence = withPolicies(snapshot.evidence, policies, snapshot.now);
    return asOfNow(evidence, templates, declared);
  }
  const settled = new Map<number, Observation>();
  const seen: number[] = [];
  for (const row of snapshot.report?.status?.ports ?? []) {
    if (row.protocol !== 'TCP' || row.observed === 'Unknown') continue;
    settled.set(row.port, { observed: row.observed, pods: row.pods ?? 0 });
    if (!row.declared) seen.push(row.port);
  }
  // They may have been edited a moment ago: that is nowhere to be read.
  const since = isolating.length > 0 ? snapshot.now : 0;
  return emptyEvidence(policies, since, settled, seen);
}
