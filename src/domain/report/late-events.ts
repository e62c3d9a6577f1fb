import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { ingressDecisions } from '../evaluate/network-policy.ts';
import { policyTargets } from '../evaluate/targets.ts';
import { findingsInWords } from '../policy/intent.ts';
import { beyondAsked } from '../policy/kept-grants.ts';
import { userOfOtherOwner } from '../policy/other-owners.ts';
import { wasInForce } from '../policy/policy-in-force.ts';
import { ANYBODY } from '../policy/widening.ts';
import type { SelectedPod } from '../snapshot.ts';
import { portKey } from '../workload/declared-ports.ts';
import { conditionOf } from './conditions.ts';
import { type EventNote, short } from './events.ts';
import { named } from './port-rows.ts';
import type { Decided } from './report-input.ts';

/**
 * What is told of those who come when the policy is in force: users of a port that it closes, users for whose sake it is not
 * narrowed, and other owners whose pods it selects. Once, as the report then says so.
 */
export function lateEvents(decided: Decided, next: PortExposureReport): EventNote[] {
  const { role } = decided.subject.snapshot;
  if (!role.policy || decided.decision.intent.kind !== 'apply') return [];
  return [...userEvents(decided, next), ...strangerEvents(decided, next)];
}

function userEvents(decided: Decided, next: PortExposureReport): EventNote[] {
  const { asked, subject, decision } = decided;
  const { intent } = decision;
  const passed = conditionOf(next, 'PreflightPassed');
  const before = conditionOf(subject.snapshot.report, 'PreflightPassed');
  const isTold = before?.status === passed?.status && before?.message === passed?.message;
  if (isTold || intent.kind !== 'apply') return [];
  const { allowFrom } = subject.settings;
  const ports = [...asked.declared, ...asked.ranges];
  const beyond = beyondAsked(intent.policy, { ports, allowFrom });
  const kept = new Set(beyond.map((text) => text.split(' ')[0]));
  const holding = asked.found.findings.filter(({ holds }) => holds);
  const [narrowed, cut] = [
    holding.filter(({ port, protocol }) => kept.has(portKey(port, protocol))),
    holding.filter(({ port, protocol }) => !kept.has(portKey(port, protocol))),
  ];
  return [
    ...(cut.length > 0
      ? [warning('UserCutOff', `The policy in force closes what is used: ${findingsInWords(cut)}`)]
      : []),
    ...(narrowed.length > 0
      ? [
          warning(
            'NarrowingHeld',
            `The policy goes on allowing ${named(beyond)}: ${findingsInWords(narrowed)}`,
          ),
        ]
      : []),
  ];
}

/** On each of the other owners whose pods the policy keeps from a port that they declare. */
function strangerEvents(decided: Decided, next: PortExposureReport): EventNote[] {
  const { asked, subject } = decided;
  const { snapshot, workload } = subject;
  const strangers = asked.strangers.filter(({ hostNetwork }) => !hostNetwork);
  if (strangers.length === 0) return [];
  const said = conditionOf(next, 'PreflightPassed')?.message ?? '';
  const before = conditionOf(snapshot.report, 'PreflightPassed')?.message ?? '';
  const isFirst = !wasInForce(subject);
  const isNews = (user: string) => said.includes(user) && (isFirst || !before.includes(user));
  const owners = Map.groupBy(strangers, ({ owner }) => owner);
  return [...owners].flatMap(([owner, pods]) => {
    if (!isNews(userOfOtherOwner(owner))) return [];
    const closed = [...new Set(pods.flatMap((pod) => closedOf(pod, decided)))].sort();
    if (closed.length === 0) return [];
    const note = `A policy that portlock keeps for ${workload.kind} ${workload.name} selects pods of ${owner}, too, and closes ${named(closed)}, which they declare: give them labels that its selector does not match`;
    return [{ ...warning('ClosedByOtherPolicy', note), about: owner }];
  });
}

/** The declared ports of a pod that no policy over it lets anybody in to. */
function closedOf(
  pod: SelectedPod,
  { subject: { snapshot, workload, own }, decision: { intent } }: Decided,
): string[] {
  if (intent.kind !== 'apply') return [];
  const { namespace, tieredPolicies, pluginPolicies } = snapshot;
  const others = snapshot.policies.filter((policy) => policy !== own.live.policy);
  const networkPolicies = [...others, intent.policy];
  const all = { networkPolicies, tieredPolicies, pluginPolicies };
  const [target] = policyTargets(workload, namespace, [pod], all);
  if (!target) return [];
  const decide = ingressDecisions(networkPolicies, ANYBODY)(target);
  return pod.ports
    .filter(({ port, protocol }) => !decide(port, protocol).allowed)
    .map(({ port, protocol }) => portKey(port, protocol));
}

function warning(reason: EventNote['reason'], note: string): EventNote {
  return { type: 'Warning', reason, action: 'Reconcile', note: short(note) };
}
