import { ALLOW_FROM_ANNOTATION } from '../../api/names.ts';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { mayOpen } from '../evaluate/effect.ts';
import { contestInWords } from '../policy/contest.ts';
import { grantsOf } from '../policy/grants.ts';
import { findingsInWords, type Intent } from '../policy/intent.ts';
import { beyondAsked } from '../policy/kept-grants.ts';
import type { Preflight } from '../preflight/preflight.ts';
import { unreadNotes } from '../preflight/unread-kinds.ts';
import type { Snapshot } from '../snapshot.ts';
import { policyName } from '../workload/object-names.ts';
import { unknownAnnotationsInWords } from '../workload/unknown-annotations.ts';
import { acceptancesInWords, endedInWords } from './acceptances.ts';
import { type ConditionType, conditionOf, NOTHING_CUT } from './conditions.ts';
import { enforcementVerdict, untoldInWords } from './enforcement.ts';
import { isDrift, named } from './port-rows.ts';
import type { ReportInput } from './report-input.ts';
import { unseenInWords } from './unseen.ts';
import { type ConditionVerdict, no, unknown, yes } from './verdict.ts';

/** Stalled is there only while a person has to act: kstatus takes a condition that is not there for False. */
export type Verdicts = Readonly<
  Record<Exclude<ConditionType, 'Stalled'>, ConditionVerdict> & { Stalled?: ConditionVerdict }
>;

/**
 * What every condition says. `carried` is the report on the same generation and mode, where there is
 * one: while its probes are made again, what they showed before still stands.
 */
export function verdicts(input: ReportInput, carried: PortExposureReport | undefined): Verdicts {
  const { intent } = input.decision;
  return {
    ...progress(input, carried),
    ...(isStalled(intent) && { Stalled: yes(intent.reason, intent.message) }),
    PolicyInSync: withUnknownAnnotations(policyInSync(input), input),
    PreflightPassed: preflightCondition(input),
    EnforcementVerified: pendingOr(input, carried, 'EnforcementVerified', enforcementCondition),
    DriftDetected: pendingOr(input, carried, 'DriftDetected', driftCondition),
  };
}

function isStalled(intent: Intent): intent is Intent & { kind: 'hold' | 'remove' | 'failed' } {
  return intent.kind !== 'apply' && intent.stalled;
}

/** What the leader said of the policy last is why it is not as decided. */
function pendingPolicy({ report }: Snapshot): Record<'Ready' | 'Reconciling', ConditionVerdict> {
  const said = conditionOf(report, 'PolicyInSync');
  const underWay = 'The leader is about to write the policy';
  if (said?.status === 'False')
    return { Ready: no(said.reason, said.message), Reconciling: yes(said.reason, underWay) };
  return { Ready: unknown('PolicyPending', underWay), Reconciling: yes('PolicyPending', underWay) };
}

/** Whether this generation is handled. Findings never make it False; sweeps go on in the background. */
function progress(
  input: ReportInput,
  carried: PortExposureReport | undefined,
): Record<'Ready' | 'Reconciling', ConditionVerdict> {
  const { intent, isPending } = input.decision;
  const { permission } = input.asked;
  const idle = no('Handled', 'Nothing is under way');
  if (isPending) return pendingPolicy(input.subject.snapshot);
  if (intent.kind === 'failed' && !intent.stalled) {
    const again = yes(intent.reason, 'The write of the policy is tried again');
    return { Ready: no(intent.reason, intent.message), Reconciling: again };
  }
  if (intent.kind === 'hold' && intent.reason === 'AwaitingSweep') {
    return {
      Ready: unknown(intent.reason, 'The policy is decided once the pods were swept'),
      Reconciling: yes(intent.reason, 'The pods are being swept'),
    };
  }
  if (isStalled(intent)) return { Ready: no(intent.reason, intent.message), Reconciling: idle };
  if (!input.probing.probe.conclusive && conditionOf(carried, 'Ready')?.status !== 'True') {
    const underWay = 'The pods are being probed';
    return { Ready: unknown('Probing', underWay), Reconciling: yes('Probing', underWay) };
  }
  const probed = permission.reason ? 'there was nothing to probe' : 'the pods were probed';
  return { Ready: yes('Handled', `The policy is decided; ${probed}`), Reconciling: idle };
}

/**
 * A verdict from the evidence of now. While that is not conclusive, bad news is told and good news
 * from before stands; bad news from before is no longer known to be true.
 */
function pendingOr(
  input: ReportInput,
  carried: PortExposureReport | undefined,
  type: ConditionType,
  verdict: (input: ReportInput) => ConditionVerdict,
): ConditionVerdict {
  const now = verdict(input);
  const bad = type === 'DriftDetected' ? 'True' : 'False';
  if (input.probing.probe.conclusive || now.status === bad) return now;
  const before = conditionOf(carried, type);
  if (type === 'EnforcementVerified' && before?.status === 'True') {
    // It was true of other policies.
    const widener = input.inForce.effects.find(mayOpen);
    if (widener)
      return unknown(
        'Probing',
        `${widener.kind} ${widener.name} may open undeclared ports; the pods are being probed`,
      );
  }
  // After a restart nothing has been read yet, and nothing has changed either.
  const stands = before?.status !== bad || input.subject.snapshot.evidence === undefined;
  if (before && stands)
    return { status: before.status, reason: before.reason, message: before.message };
  return unknown('Probing', 'The pods are being probed');
}

function preflightCondition(input: ReportInput): ConditionVerdict {
  const { found, peerNotes } = input.asked;
  const { watchedNamespaces, usage } = input.subject.snapshot;
  const ended = endedInWords(input);
  const verdict = preflightVerdict(found);
  const { status, message } = verdict;
  const reason =
    verdict.reason === 'CutsAccepted' && ended.length > 0 ? 'AcceptedCutsEnded' : verdict.reason;
  const notes = [
    ...acceptancesInWords(input),
    ...ended,
    ...found.notes,
    ...peerNotes,
    ...found.unread,
    ...unreadNotes(usage.unread),
  ];
  const told = [message, ...notes].join('; ');
  if (watchedNamespaces === undefined) return { status, reason, message: told };
  const messageInPart = `${told}. ${unseenInWords(watchedNamespaces)}`;
  // What was found is so; that there is nothing else, nobody here can say.
  return status === 'True'
    ? unknown('NotAllSeen', messageInPart)
    : { status, reason, message: messageInPart };
}

function preflightVerdict({ findings }: Preflight): ConditionVerdict {
  const holding = findings.filter(({ holds }) => holds);
  if (holding.length > 0) {
    const isAboutSources = holding.every(({ declared }) => declared);
    const reason = isAboutSources ? 'UsersNotLetIn' : 'UndeclaredPortsInUse';
    return no(reason, findingsInWords(holding));
  }
  const accepted = findings.filter((finding) => finding.accepted);
  if (accepted.length > 0) return yes('CutsAccepted', findingsInWords(accepted));
  if (findings.some(({ isolatedBy }) => isolatedBy))
    return yes('IsolatedAlready', findingsInWords(findings));
  if (findings.some(({ outside, port }) => outside && typeof port === 'number'))
    return yes('OutsideReferences', findingsInWords(findings));
  if (findings.some(({ refused }) => refused))
    return yes('NothingListens', findingsInWords(findings));
  if (findings.some(({ awaited }) => awaited))
    return yes('LabelsAwaited', findingsInWords(findings));
  // No connection arrives by a name that no container has: told, and nothing to wait for.
  if (findings.length > 0) return yes('UnknownPortNames', findingsInWords(findings));
  return yes('NothingCut', NOTHING_CUT);
}

/** So many ports and protocols EKS takes for one selector (AWS VPC CNI's documentation). */
const EKS_MAXIMUM_PORTS = 24;

/** What the owner wrote and portlock does not know has no say, and is told. */
function withUnknownAnnotations(
  verdict: ConditionVerdict,
  { subject: { workload } }: ReportInput,
): ConditionVerdict {
  const unknown = unknownAnnotationsInWords(workload);
  return unknown === '' ? verdict : { ...verdict, message: `${verdict.message}. ${unknown}` };
}

function policyInSync(input: ReportInput): ConditionVerdict {
  const { status, reason, message } = policyVerdict(input);
  const absent = input.subject.snapshot.absentNamespaces;
  const note = absent.length > 0 ? `; ${absentInWords(absent)}` : '';
  return { status, reason, message: message + note };
}

function absentInWords(names: readonly string[]): string {
  const what = names.length > 1 ? 'namespaces that are' : 'a namespace that is';
  return `${ALLOW_FROM_ANNOTATION} lets in ${what} not there: ${named(names)}`;
}

function policyVerdict({ subject, decision, asked }: ReportInput): ConditionVerdict {
  const { contest } = subject.snapshot;
  const { intent } = decision;
  const { otherOwners } = asked;
  if (intent.kind === 'apply') {
    if (contest) return no('Contested', contestInWords(policyName(subject.snapshot.key), contest));
    const notes = ['The policy is in force as decided'];
    const { allowFrom } = subject.settings;
    const ports = [...asked.declared, ...asked.ranges];
    const kept = beyondAsked(intent.policy, { ports, allowFrom });
    if (kept.length > 0)
      notes.push(`it goes on allowing ${named(kept)}, as pre-flight found users of that`);
    const count = grantsOf(intent.policy)?.length ?? 0;
    if (count > EKS_MAXIMUM_PORTS)
      notes.push(
        `it has ${count} ports, and the network policy agent of EKS takes ${EKS_MAXIMUM_PORTS} of a selector`,
      );
    if (otherOwners.length > 0)
      notes.push(`its selector also matches pods of ${named(otherOwners)}`);
    return yes('Applied', notes.join('; '));
  }
  if (intent.kind === 'remove' && intent.reason === 'AuditMode')
    return yes(intent.reason, intent.message);
  if (intent.reason === 'PreflightFailed')
    return no(intent.reason, 'Enforcement waits: see PreflightPassed');
  return no(intent.reason, intent.message);
}

function enforcementCondition(input: ReportInput): ConditionVerdict {
  const { doubt, rows } = input;
  const { snapshot } = input.subject;
  const { intent } = input.decision;
  const { effects, managed } = input.inForce;
  const { evidence, calibration } = input.probing;
  if (intent.kind === 'failed') return unknown(intent.reason, 'The policy could not be written');
  if (!managed) {
    // Why is said once.
    return intent.kind === 'apply'
      ? no('NoPolicy', 'There is no policy')
      : no(intent.reason, 'No policy is in force: see PolicyInSync');
  }
  if (doubt) return unknown(doubt.reason, doubt.message);
  const wideners = effects.filter(mayOpen).map(({ kind, name }) => `${kind} ${name}`);
  const { settle } = snapshot.timing;
  const verdict = enforcementVerdict(rows, evidence, calibration, settle, wideners);
  // They are not probed, and what they listen on is open.
  const onHost = snapshot.pods.filter((pod) => pod.live && pod.hostNetwork);
  if (verdict.status === 'True' && onHost.length > 0) {
    const names = named(onHost.map(({ name }) => name).sort());
    const message = `The others are closed, but to the network of their node, which ${names} use, no NetworkPolicy applies`;
    return unknown('HostNetwork', message);
  }
  const { calibration: elsewhere, fromNode } = input.second ?? {};
  if (verdict.status === 'True' && elsewhere?.state === 'NotEnforced')
    return no('NotEnforced', `From node ${fromNode}: ${elsewhere.message}`);
  if (verdict.status === 'True' && input.probing.probe.unswept === 0) return SWEPT;
  return { ...verdict, message: verdict.message + sweepNote(input) };
}

/** What `Enforced` becomes once all ports were asked, and not only those that are declared, known or were seen. */
const SWEPT = yes(
  'Swept',
  'Declared ports answer, and of all 65,535 ports of one pod of each template no other one does',
);

function driftCondition(input: ReportInput): ConditionVerdict {
  const { rows, doubt } = input;
  const { evidence } = input.probing;
  const drift = rows.filter(isDrift);
  const [first] = drift;
  if (first) {
    const ports = drift
      .slice(0, 10)
      .map((row) => `${row.port}/${row.protocol}`)
      .join(', ');
    const more = drift.length > 10 ? ` and ${drift.length - 10} more` : '';
    return yes(
      first.finding ?? 'Drift',
      `${ports}${more} ${drift.length === 1 ? 'differs' : 'differ'} from the declaration. ${first.message}`,
    );
  }
  if (doubt) return unknown(doubt.reason, doubt.message);
  const untold = rows.filter(
    (row) => row.declared && row.observed === 'Unknown' && row.finding !== 'Unverifiable',
  );
  if (untold.length > 0) {
    const ports = untold.slice(0, 10).map((row) => `${row.port}/${row.protocol}`);
    const message = `No connection to ${ports.join(', ')} could be tried, or the network said that there is no way`;
    return unknown('ProbeIncomplete', message);
  }
  if (evidence.untold.ports > 0) return unknown('ProbeIncomplete', untoldInWords(evidence));
  return no('NoDrift', `Every port that was asked is as declared${sweepNote(input)}`);
}

/** Says that not all ports have been asked yet. */
function sweepNote({ probing: { probe } }: ReportInput): string {
  return probe.unswept > 0 ? '; the sweep of all other ports is still to come' : '';
}
