/** What an Event of a reason tells, for the page that lists them all. */
interface EventMeaning {
  type: 'Normal' | 'Warning';
  /** When it is told. */
  when: string;
  /** What a person does about it; empty where that is nothing. */
  act: string;
}

/** Every reason of an Event, in the order of the page. */
export const EVENT_REASONS = {
  PolicyApplied: {
    type: 'Normal',
    when: 'The policy was written: the first, or another than before. The note lists the ports that may be reached, and after a first policy what was open and is closed',
    act: '',
  },
  PolicyReverted: {
    type: 'Warning',
    when: 'Somebody edited or deleted the policy, and it was put back',
    act: 'Find out who that was: `PolicyInSync` names them where it goes on',
  },
  PolicyDeleted: {
    type: 'Normal',
    when: 'The policy was taken away: by another mode, by the brake, or because the label is gone',
    act: '',
  },
  PolicyWriteFailed: {
    type: 'Warning',
    when: 'The API server refuses the policy, and that does not pass by itself. The note is its own sentence',
    act: 'Mend what it says: rights, a quota, a webhook',
  },
  ReportWriteFailed: {
    type: 'Warning',
    when: 'The API server refuses the report, in the same way',
    act: 'The same',
  },
  InvalidMode: {
    type: 'Warning',
    when: 'The label `portlock.dev/mode` has a value that is not known. The last good policy stays',
    act: 'Correct the label, of the workload or of its namespace',
  },
  InvalidAnnotation: {
    type: 'Warning',
    when: 'An annotation cannot be read. The last good policy stays',
    act: 'Correct it as the note says',
  },
  UnknownAnnotation: {
    type: 'Warning',
    when: 'There is an annotation `portlock.dev/…` that portlock does not know, or it is on the pod template, where none is read. It changes nothing',
    act: 'Use the key that the note names, set it on the workload itself, or take it away',
  },
  ForeignNetworkPolicy: {
    type: 'Warning',
    when: 'A NetworkPolicy of the name of ours was not made by portlock. It is left alone',
    act: 'Rename or delete it',
  },
  TooManyPorts: {
    type: 'Warning',
    when: 'More ports are declared than portlock makes a policy of',
    act: 'Declare ranges in `portlock.dev/extra-ports`, or fewer ports',
  },
  PreflightFailed: {
    type: 'Warning',
    when: 'Enforcement waits: somebody uses what the first policy would close',
    act: 'Follow one of the ways that the note names',
  },
  UserCutOff: {
    type: 'Warning',
    when: 'Somebody came who uses what the policy in force closes, or pods of another template that may serve a port which earlier ones refused',
    act: 'Follow one of the ways that the note names',
  },
  NarrowingHeld: {
    type: 'Warning',
    when: 'The policy goes on allowing what is not asked for any more, as somebody uses it',
    act: 'Follow one of the ways that the note names',
  },
  ClosedByOtherPolicy: {
    type: 'Warning',
    when: 'On a workload whose pods the policy of another one selects, too, and closes a port that they declare',
    act: 'Give its pods labels that the other selector does not match',
  },
  AcceptedCutEnded: {
    type: 'Warning',
    when: 'A cut was accepted until a day that has come. It counts two weeks more',
    act: 'Mend the finding, or set another end',
  },
  WouldWiden: {
    type: 'Warning',
    when: 'Enforcement waits: other policies isolate the pods, and one more could only open something',
    act: 'Say who may connect by `portlock.dev/allow-from`',
  },
  AutoBrake: {
    type: 'Warning',
    when: 'Pods ceased to be ready right after a policy, or never became ready under it, and it was taken back',
    act: 'Find out what they need, then set the label to audit and back to enforce',
  },
  DriftDetected: {
    type: 'Warning',
    when: 'An undeclared port was reached, or a declared one was not',
    act: 'The report says of each port why',
  },
  DriftResolved: {
    type: 'Normal',
    when: 'Every port that was asked is as declared again',
    act: '',
  },
} as const satisfies Readonly<Record<string, EventMeaning>>;

export type EventReason = keyof typeof EVENT_REASONS;
