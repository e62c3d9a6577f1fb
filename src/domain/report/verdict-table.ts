import type { Verdict } from '../evaluate/tiers.ts';
import type { CalibrationState } from '../probing/calibration.ts';
import type { Observed } from '../probing/evidence.ts';

/** One port: what is expected of a connection, what was observed, and how this network denies. */
export interface Situation {
  declared: boolean;
  expected: Verdict;
  observed: Observed;
  calibration: CalibrationState;
}

/** A line of the table: what it is about, and what follows. A field that is left out says "any". */
export interface VerdictRule {
  declared: boolean;
  expected?: readonly Verdict[];
  observed: readonly Observed[];
  calibration?: readonly CalibrationState[];
  /** Undefined where there is nothing to report. */
  finding?: Finding;
  /**
   * In a sentence, where `{by}` stands for the policies that decide, `{why}` for why that is unknown, and `{over}` for the
   * IP family where it is about one of two.
   */
  meaning: string;
}

/** Everything that a TCP port can show, and what it means: the first line that fits. */
export const VERDICT_TABLE: readonly VerdictRule[] = [
  { declared: true, observed: ['Open'], meaning: 'As declared' },
  {
    declared: true,
    expected: ['Denied'],
    observed: ['Filtered'],
    finding: 'DeclaredUnreachable',
    meaning: 'Closed by {by}{over}; no answer came to a connection from the prober',
  },
  {
    declared: true,
    expected: ['Unknown'],
    observed: ['Filtered'],
    finding: 'DeclaredUnreachable',
    meaning: 'May be closed by {by}{over} ({why}); no answer came to a connection from the prober',
  },
  {
    declared: true,
    expected: ['Allowed'],
    observed: ['Filtered'],
    finding: 'DeclaredUnreachable',
    meaning: 'No policy closes it{over}; no answer came to a connection from the prober',
  },
  {
    declared: true,
    observed: ['Refused'],
    calibration: ['Dropped', 'NotEnforced'],
    finding: 'DeclaredNotListening',
    meaning: 'Declared, but nothing listens on it{over}',
  },
  {
    declared: true,
    observed: ['Refused'],
    calibration: ['Rejected', 'Unknown'],
    meaning: 'Nothing listens, or it is denied: a refusal does not tell',
  },
  {
    declared: false,
    expected: ['Denied'],
    observed: ['Open'],
    finding: 'UndeclaredReachable',
    meaning: 'No policy allows it{over}, yet a connection was made: the policy is not enforced',
  },
  {
    declared: false,
    expected: ['Unknown'],
    observed: ['Open'],
    finding: 'UndeclaredReachable',
    meaning: 'May be allowed by {by}{over} ({why})',
  },
  {
    declared: false,
    expected: ['Allowed'],
    observed: ['Open'],
    finding: 'UndeclaredReachable',
    meaning: 'Widened by {by}{over}',
  },
  {
    declared: false,
    expected: ['Denied'],
    observed: ['Refused'],
    calibration: ['Dropped'],
    meaning: 'A refusal came through where denials are silent: the policy is not enforced',
  },
  {
    declared: false,
    observed: ['Refused'],
    meaning: 'Closed, or denied',
  },
  { declared: false, observed: ['Filtered'], meaning: 'No answer: denied, or nobody is there' },
  { declared: true, observed: ['Unknown'], meaning: 'Not known' },
  { declared: false, observed: ['Unknown'], meaning: 'Not known' },
];

/** The line of the table that fits. Every situation has one. */
export function verdictOf(situation: Situation): VerdictRule {
  const rule = VERDICT_TABLE.find((each) => fits(each, situation));
  if (!rule) throw new RangeError(`no verdict for ${JSON.stringify(situation)}`);
  return rule;
}

function fits(rule: VerdictRule, { declared, expected, observed, calibration }: Situation) {
  return (
    rule.declared === declared &&
    rule.observed.includes(observed) &&
    (rule.expected?.includes(expected) ?? true) &&
    (rule.calibration?.includes(calibration) ?? true)
  );
}

export type Finding =
  | 'UndeclaredReachable'
  | 'DeclaredUnreachable'
  | 'DeclaredNotListening'
  | 'DeclaredUnused'
  | 'Unverifiable';
