import type { Plan } from './plan.ts';
import { askedOf } from './policy/asked.ts';
import { decidePolicy } from './policy/decide-policy.ts';
import { effectivePolicies } from './policy/effective-policies.ts';
import type { OptedIn } from './policy/opted-in.ts';
import { type OwnPolicies, ownPolicies } from './policy/own-policies.ts';
import { formerToRemove, type PolicyStep, removeOwn } from './policy/policy-step.ts';
import { earliest } from './probing/earliest.ts';
import { NOTHING_TO_PROBE } from './probing/probe-plan.ts';
import { probingNow } from './probing/probing.ts';
import { policyEvents } from './report/events.ts';
import { tell } from './report/tell.ts';
import type { Snapshot } from './snapshot.ts';
import { nextChange } from './workload/accepted-cuts.ts';
import { declaredTcpPorts } from './workload/declared-ports.ts';
import { readSettings } from './workload/settings.ts';

/** The heart of portlock: what should become of one workload's policy, report and probes. Pure. */
export function decide(snapshot: Snapshot): Plan {
  const { workload, namespace } = snapshot;
  if (namespace.terminating) return NOTHING;
  const own = ownPolicies(snapshot);
  const settings = workload && readSettings(workload, namespace, snapshot.modeDefaults);
  if (!workload || !settings || settings.mode === 'off') return optOut(snapshot, own);
  return decideOptedIn({ snapshot, workload, settings, own });
}

function decideOptedIn(subject: OptedIn): Plan {
  const { snapshot } = subject;
  // What is asked for, and what stands against it.
  const asked = askedOf(subject);
  const decision = decidePolicy(subject, asked);
  // What is in force once that is done, and what probing has shown of it.
  const inForce = effectivePolicies(subject, asked, decision);
  const declared = declaredTcpPorts(asked.declared);
  const probing = probingNow(snapshot, {
    pods: asked.permission.pods,
    declared,
    // What our policy closes is silent or refuses, whether anything listens or not.
    referred: inForce.managed ? [] : asked.found.referred,
    policies: inForce,
  });
  // What is said about it.
  const { report, events } = tell({ subject, asked, decision, inForce, probing });
  return {
    policy: decision.step,
    report: { do: 'ensure', report, live: snapshot.report },
    former: decision.former,
    events,
    desired: decision.desired,
    found: asked.found,
    probe: probing.probe,
    areSweepsAwaited: decision.intent.kind === 'hold' && decision.intent.reason === 'AwaitingSweep',
    probeable: new Set(asked.permission.pods.map(({ uid }) => uid)),
    evidence: probing.evidence,
    changesAt: earliest(nextChange(subject.settings.acceptedCuts, snapshot.now), decision.dueAt),
    declared,
    waitingSince: decision.waitingSince,
  };
}

/** What is in a namespace that is being deleted goes with it, and the API server takes nothing new there. */
const NOTHING: Plan = {
  policy: { do: 'nothing' },
  report: { do: 'nothing' },
  former: { policies: [], reports: [] },
  events: [],
  desired: undefined,
  found: { findings: [], unused: [], referred: [], references: new Map(), notes: [], unread: [] },
  probe: NOTHING_TO_PROBE,
  areSweepsAwaited: false,
  probeable: new Set<string>(),
  evidence: undefined,
  changesAt: undefined,
  declared: new Set<number>(),
  waitingSince: undefined,
};

/** The workload is out, or gone: so are the policy and the report, where they are ours. */
function optOut(snapshot: Snapshot, own: OwnPolicies): Plan {
  const { role, report } = snapshot;
  const policy: PolicyStep = role.policy ? removeOwn(own) : { do: 'nothing' };
  return {
    ...NOTHING,
    policy,
    report: role.policy && report ? { do: 'delete', live: report } : { do: 'nothing' },
    former: formerToRemove(snapshot, own, undefined),
    events: snapshot.workload ? policyEvents(snapshot, policy) : [],
  };
}
