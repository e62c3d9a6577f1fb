import type { Calibration } from '../probing/calibration.ts';
import { EQUAL_READINGS, type Evidence, isDoubtful, type Sweep } from '../probing/evidence.ts';
import type { PortRow } from './port-rows.ts';
import { type ConditionVerdict, no, unknown, yes } from './verdict.ts';

/** Whether probing showed that nothing but the declared ports can be reached. */
export function enforcementVerdict(
  rows: readonly PortRow[],
  evidence: Evidence,
  calibration: Calibration,
  settleMilliseconds: number,
  /** Other policies that allow undeclared ports, or may, by kind and name. */
  wideners: readonly string[],
): ConditionVerdict {
  const open = rows.filter((row) => row.finding === 'UndeclaredReachable' && row.isCurrent);
  if (open.length > 0) return openVerdict(open);
  if (calibration.state === 'NotEnforced') return no('NotEnforced', calibration.message);
  if (calibration.state === 'Unknown') return unknown('NotCalibrated', calibration.message);
  if (calibration.state === 'Rejected') {
    const message =
      'This network refuses what it denies, so a refusal does not tell a denied port from a closed one';
    return unknown('RefusalsProveNothing', message);
  }
  const declared = rows.filter((row) => row.declared && row.protocol === 'TCP').length;
  return (
    refusalVerdict(evidence, declared, settleMilliseconds, wideners) ??
    silenceVerdict(rows, evidence, wideners)
  );
}

/** What refusals of undeclared ports say on a network that drops what it denies; undefined where there are none. */
function refusalVerdict(
  evidence: Evidence,
  declared: number,
  settleMilliseconds: number,
  [widener]: readonly string[],
): ConditionVerdict | undefined {
  const refused = Math.max(0, evidence.refusals.ports, ...sweepRefusals(evidence.sweeps, declared));
  if (refused > 0 && widener !== undefined)
    return unknown('Widened', `${refused} undeclared ports refused, which ${widener} may allow`);
  const proven = provenRefusals(evidence, declared, settleMilliseconds);
  if (proven > 0) {
    const message = `${proven} undeclared ports answered with a refusal, which this network lets through only where no policy is enforced`;
    return no('NotEnforced', message);
  }
  return refused > 0
    ? unknown('Settling', `${refused} undeclared ports refused while the policy was young`)
    : undefined;
}

/** What it says that no undeclared port answered. */
function silenceVerdict(
  rows: readonly PortRow[],
  evidence: Evidence,
  [widener]: readonly string[],
): ConditionVerdict {
  // What such a policy opens to others, the prober may not see.
  if (widener !== undefined)
    return unknown(
      'Widened',
      `No undeclared port can be reached from the prober, but ${widener} may open some to others`,
    );
  // Silence from a pod that answers nothing at all proves nothing.
  const answering = rows.some(
    ({ declared: isDeclared, observed, observedHere = observed }) =>
      isDeclared && (observedHere === 'Open' || observedHere === 'Refused'),
  );
  if (!answering) {
    const message = 'No declared port answered, so the silence of the others proves nothing';
    return unknown('NoPositiveControl', message);
  }
  if (evidence.untold.ports > 0) return unknown('ProbeIncomplete', untoldInWords(evidence));
  const failed = evidence.sweeps.reduce((sum, sweep) => sum + failures(sweep), 0);
  if (failed > 0) {
    const message = `The sweep could not tell anything about ${failed} ports`;
    return unknown('SweepIncomplete', message);
  }
  return yes(
    'Enforced',
    'Declared ports answer, and no other port that was asked: declared, well-known and seen ones',
  );
}

/** Of how many undeclared ports the last round learned nothing, in a sentence. */
export function untoldInWords({ untold }: Evidence): string {
  return `Of ${untold.ports} undeclared ports nothing could be told: no connection could be tried, or the network said that there is no way`;
}

/** Ports of which a sweep learned nothing. */
export function failures(sweep: Sweep): number {
  return sweep.counts.unreachable + sweep.counts.error;
}

/** How many undeclared ports refused a connection, where it was read often enough to count. */
function provenRefusals(evidence: Evidence, declared: number, settleMilliseconds: number): number {
  const inRounds = evidence.refusals.streak >= EQUAL_READINGS ? evidence.refusals.ports : 0;
  const reliable = evidence.sweeps.filter(
    (sweep) => !isDoubtful(sweep, evidence, declared, settleMilliseconds),
  );
  return Math.max(0, inRounds, ...sweepRefusals(reliable, declared));
}

/** Refusals beyond those that declared ports without a listener explain. */
function sweepRefusals(sweeps: readonly Sweep[], declared: number): number[] {
  return sweeps.map((sweep) => sweep.counts.refused - declared);
}

function openVerdict(open: readonly PortRow[]): ConditionVerdict {
  const denied = open.filter((row) => row.expected === 'Denied');
  const isExplained = open.some((row) => row.expected === 'Allowed');
  const [shown, reason] =
    denied.length > 0
      ? [denied, 'NotEnforced']
      : [open, isExplained ? 'Widened' : 'UndeclaredReachable'];
  const ports = shown.slice(0, 10).map((row) => row.port);
  const more = shown.length > ports.length ? ` and ${shown.length - ports.length} more` : '';
  const [first] = shown;
  return no(reason, `Undeclared ports ${ports.join(', ')}${more} are reachable. ${first?.message}`);
}
